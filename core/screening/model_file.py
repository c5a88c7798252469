"""Fold models as one skops file: the same bytes for the same models, and nothing that is not a model of ours is loaded.

skops writes an object as a tree of types and arrays in a zip, and never runs code of the file. It trusts more types
than a model of ours is made of, cannot see whether what is in them is sound, and puts no limit on what a file unpacks
to. So a file is held against the short list `ALLOWED` first, its parts must lie there uncompressed, its arrays must be
as long as they say, its trees must lead somewhere; and what was loaded must have the shapes of its emotion's features.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.screening.model_check import check_models
from core.settings import ScreeningSettings

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

SCHEMA = "schema.json"
TRUSTED = ("core.latent.selection.AUSelection", "sklearn.tree._tree.Tree")
"""What skops does not trust by itself and we do, the trees only after `_check_tree`."""

ALLOWED = frozenset(
    {
        ("JsonNode", "builtins.str"),
        ("TypeNode", "builtins.str"),
        ("ListNode", "builtins.list"),
        ("TupleNode", "builtins.tuple"),
        ("DictNode", "builtins.dict"),
        ("NdArrayNode", "numpy.ndarray"),
        ("NdArrayNode", "numpy.float64"),
        ("NdArrayNode", "numpy.int64"),
        ("ObjectNode", "sklearn.pipeline.Pipeline"),
        ("ObjectNode", "core.latent.selection.AUSelection"),
        ("ObjectNode", "sklearn.preprocessing._data.StandardScaler"),
        ("ObjectNode", "sklearn.preprocessing._label.LabelBinarizer"),
        ("ObjectNode", "sklearn.neighbors._classification.KNeighborsClassifier"),
        ("ObjectNode", "sklearn.svm._classes.SVC"),
        ("ObjectNode", "sklearn.ensemble._forest.RandomForestClassifier"),
        ("ObjectNode", "sklearn.tree._classes.DecisionTreeClassifier"),
        ("ObjectNode", "sklearn.neural_network._multilayer_perceptron.MLPClassifier"),
        ("ObjectNode", "sklearn.linear_model._logistic.LogisticRegression"),
        ("TreeNode", "sklearn.tree._tree.Tree"),
    }
)
"""(loader of skops, type) of everything a file may hold: what the five classifiers write, found by writing them."""

_MEMBER = re.compile(r"[0-9a-f]{32}\.npy")
_LEAF = -1


class Refused(Exception):
    """What is wrong with a file, in a few words."""


def dump(pipelines: Sequence[Any]) -> bytes:
    """Fitted pipelines of `core.screening.classifiers.fit_pipeline` as a file; of each only what predicts."""
    from skops.io import dumps

    contents: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(dumps([_predicting(pipeline) for pipeline in pipelines]))) as archive:
        tree = _without_addresses(json.loads(archive.read(SCHEMA)), archive, contents)
    contents[SCHEMA] = json.dumps(tree, separators=(",", ":")).encode()
    return _zipped(contents)


def load(content: bytes, features: Sequence[str], settings: ScreeningSettings, name: str) -> tuple[Pipeline, ...]:
    """The pipelines in a file, which must predict from `features` and be of the classifier of `settings`.

    Raises `UserError`, in whose sentences the file is called `name`, for anything else, before any of it is loaded.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive, len(content))
            _check_schema(json.loads(archive.read(SCHEMA)), archive)
        models = _loaded(content)
        check_models(models, len(features), settings)
    except Refused as refused:
        raise _refusal(name, f"{refused}.") from None
    except Exception as error:  # a made-up file can fail in any way that skops and numpy know
        raise _refusal(name, "It is damaged or was not written by this program.") from error
    return tuple(models)


def _refusal(name: str, why: str) -> UserError:
    return UserError(f"{name} is not a file of fold models.", why, "Export the model again where it was trained.")


def _predicting(pipeline: Any) -> Pipeline:
    """What predicts: no sampler, no random numbers, and no search tree, which is made again from the same rows."""
    from sklearn.pipeline import Pipeline

    steps = [(name, step) for name, step in pipeline.steps if name != "augment"]
    name, classifier = steps[-1]
    slim = copy(classifier)
    for attribute in ("_random_state", "_optimizer", "_tree"):
        slim.__dict__.pop(attribute, None)
    return Pipeline([*steps[:-1], (name, slim)])


def _loaded(content: bytes) -> list[Any]:
    from sklearn.exceptions import InconsistentVersionWarning
    from skops.io import loads

    with warnings.catch_warnings():
        warnings.simplefilter("error", InconsistentVersionWarning)
        models = loads(content, trusted=list(TRUSTED))
    for model in models:
        classifier = model.steps[-1][1]
        if type(classifier).__name__ == "KNeighborsClassifier":
            classifier.fit(classifier._fit_X, classifier.classes_[classifier._y])
    return list(models)


def _without_addresses(node: Any, archive: zipfile.ZipFile, contents: dict[str, bytes]) -> Any:
    """The tree without the addresses in memory that skops writes, each array under a name made of its content."""
    if isinstance(node, list):
        return [_without_addresses(part, archive, contents) for part in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _without_addresses(part, archive, contents) for key, part in node.items() if key != "__id__"}
    if node.get("__loader__") == "NdArrayNode":
        content = _without_gaps(archive.read(node["file"]))
        plain["file"] = f"{hashlib.sha256(content).hexdigest()[:32]}.npy"
        contents[plain["file"]] = content
    return plain


def _without_gaps(content: bytes) -> bytes:
    """The array with zeros between its fields, where the nodes of a decision tree hold what was in memory before."""
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.dtype.names is None:
        return content
    clean = np.zeros(array.shape, array.dtype)
    for name in array.dtype.names:
        clean[name] = array[name]
    buffer = io.BytesIO()
    np.save(buffer, clean, allow_pickle=False)
    return buffer.getvalue()


def _zipped(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name)  # dated 1980, whenever it is written
            entry.create_system = 3
            archive.writestr(entry, contents[name])
    return buffer.getvalue()


def _check_members(archive: zipfile.ZipFile, size: int) -> None:
    """Only parts that lie there uncompressed, each once, together no more than the file: nothing to unpack."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(set(names)) < len(names) or SCHEMA not in names:
        raise Refused("Its parts are not those of a skops file")
    for member in members:
        if member.filename != SCHEMA and not _MEMBER.fullmatch(member.filename):
            raise Refused("Its parts are not those of a skops file")
        if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
            raise Refused("It is compressed, and what it unpacks to has no limit")
    if sum(member.file_size for member in members) > size:
        raise Refused("Its parts are larger than itself")


def _check_schema(schema: Any, archive: zipfile.ZipFile) -> None:
    for node in _nodes(schema):
        kind = (node["__loader__"], f"{node['__module__']}.{node['__class__']}")
        if kind not in ALLOWED:
            raise Refused(f"It holds a {kind[1]}, which no model of this program is made of")
        if "__id__" in node:
            raise Refused("Its parts refer to one another")
        if kind[0] == "NdArrayNode":
            if node["type"] != "numpy":
                raise Refused("It holds an array of objects")
            _check_array(archive.read(node["file"]))
        elif kind[0] == "TreeNode":
            _check_tree(node, archive)


def _nodes(part: Any) -> Iterator[dict[str, Any]]:
    """Every node of a schema. Node: what says which loader it needs."""
    waiting = [part]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            if "__loader__" in part:
                yield part
            waiting.extend(part.values())


def _check_array(content: bytes) -> None:
    """An array of numbers or texts that is as long as its head says."""
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise Refused("It holds an array of an unknown format")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise Refused("It holds an array that is not what it says")


def _check_tree(node: dict[str, Any], archive: zipfile.ZipFile) -> None:
    """A tree whose every branch leads to a later node, which scikit-learn follows without looking."""
    n_features, n_classes, n_outputs = node["__reduce__"]["args"]["content"]
    state = node["content"]["content"]
    nodes, values = (_array(state[name], archive) for name in ("nodes", "values"))
    left, right, feature = (nodes[name] for name in ("left_child", "right_child", "feature"))
    places, leaf = np.arange(len(nodes)), left == _LEAF
    sound = (
        nodes.ndim == 1
        and len(nodes) > 0
        and (_number(n_outputs), _number(state["node_count"])) == (1, len(nodes))
        and _array(n_classes, archive).tolist() == [2]
        and values.shape == (len(nodes), 1, 2)
        and np.array_equal(leaf, right == _LEAF)
        and all(((places < child) & (child < len(nodes)))[~leaf].all() for child in (left, right))
        and ((feature >= 0) & (feature < _number(n_features)))[~leaf].all()
    )
    if not sound:
        raise Refused("It holds a decision tree that leads nowhere")


def _array(node: dict[str, Any], archive: zipfile.ZipFile) -> np.ndarray:
    content = archive.read(node["file"])
    _check_array(content)
    array: np.ndarray = np.load(io.BytesIO(content), allow_pickle=False)
    return array


def _number(node: dict[str, Any]) -> int:
    value = json.loads(node["content"])
    if type(value) is not int:
        raise Refused("It holds a decision tree that leads nowhere")
    return value
