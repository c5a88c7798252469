"""Models that are wrong, broken or made to do harm: refused in three sentences, before anything of them is loaded."""

from __future__ import annotations

import base64
import io
import json
import pickle  # noqa: TID251 (what is refused must be made first)
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.errors import UserError
from core.screening.bundle import MAX_FILE_BYTES, from_file, to_file
from core.workspace import bundles
from core.workspace.store import Workspace
from tests.unit.screening.kept import exported, kept, rewritten, smuggled


def refused(content: bytes, *says: str) -> None:
    with pytest.raises(UserError) as caught:
        from_file(content)
    error = caught.value
    assert any(words in str(error) for words in says), error
    for sentence in (error.what, error.why, error.remedy):
        assert 5 < len(sentence) < 250
        assert sentence.endswith(".")


def pickled() -> bytes:
    class Harm:
        def __reduce__(self) -> tuple[Any, ...]:
            return exec, ("raise SystemExit('run')",)

    return pickle.dumps(Harm())


def zipped(compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("card.json", "{}")
    return buffer.getvalue()


CONTENTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is empty"),
    "pickle": (pickled, "It is a pickle"),
    "zip": (zipped, "It is an archive"),
    "skops file alone": (lambda: kept().files["fear.skops"], "It is an archive"),
    "text": (lambda: b"not a model\n" * 50, "of another kind"),
    "program": (lambda: b"\x7fELF\2\1\1" + b"\0" * 400, "of another kind"),
    "page": (lambda: b"<!DOCTYPE html><script>alert(1)</script>", "of another kind"),
    "other JSON": (lambda: b'{"people": []}', "JSON of another kind"),
    "list": (lambda: b'{"kind": "hypomimia-lab-model", "card": [], "files": {}}', "JSON of another kind"),
    "truncated": (lambda: to_file(kept())[:-400], "cut short"),
    "half": (lambda: to_file(kept())[: len(to_file(kept())) // 2], "cut short"),
    "nested": (lambda: b'{"kind":' + b"[" * 200_000, "cut short"),
    "not UTF-8": (lambda: b'{"kind": "\xff"}', "cut short"),
    "no number": (lambda: exported(kept(), input_hash="x").replace(b'"input_hash": "x"', b'"input_hash": NaN'),
                  "a number that is none"),
    "no files": (lambda: json.dumps({**json.loads(to_file(kept())), "files": {}}).encode(), "missing or cut short"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTENTS)
def test_what_is_no_model(name: str) -> None:
    make, says = CONTENTS[name]
    refused(make(), says)


def test_a_file_over_the_limit_is_not_read() -> None:
    refused(b"{" + b" " * MAX_FILE_BYTES, "too large")


def changed(path: str, value: Any) -> bytes:
    whole = json.loads(to_file(kept()))
    place = whole["card"]
    *way, last = path.split("/")
    for key in way:
        place = place[key]
    place[last] = value
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "1"),
        ("format", True),
        ("simulated", None),
        ("simulated", 1),
        ("people", []),
        ("people/n", -0.5),
        ("people/marks", [1]),
        ("settings/classifier", "neural <script>"),
        ("settings/agcl", {}),
        ("settings/depth", 3),
        ("settings/features", ["Table II"]),
        ("versions", {"scikit-learn": 1}),
        ("backends", "openface"),
        ("emotions", {}),
        ("emotions/boredom", {}),
        ("emotions/fear/weights", [0.5]),
        ("emotions/fear/weights", [2.0, 2.0, 2.0]),
        ("emotions/fear/reference", {}),
        ("emotions/fear/out_of_fold", None),
        ("emotions/fear/out_of_fold/ci", [0.5]),
        ("emotions/fear/out_of_fold/ci", [0.99, 1.0]),
        ("emotions/fear/out_of_fold/accuracy", 1.0),
        ("emotions/fear/out_of_fold/n", -4),
        ("emotions/fear/file/name", "../../fear.skops"),
        ("emotions/fear/file/bytes", 10**12),
        ("emotions/fear/file/sha256", "0" * 64),
        ("vote_accuracy/decided", {"accuracy": 1.0}),
        ("calibration", "well"),
        ("calibration/slope", -1.0),
        ("risk_coverage", None),
        ("input_hash", "x" * 10_000),
    ],
)
def test_a_card_that_says_what_it_should_not(path: str, value: Any) -> None:
    refused(changed(path, value), "")


def node_of(schema: Any, name: str) -> dict[str, Any]:
    """The first node of a type."""
    waiting = [schema]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, dict):
            if part.get("__class__") == name:
                return part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    raise AssertionError(name)


def another_type(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    node_of(schema, "StandardScaler").update(__class__="FunctionTransformer",
                                             __module__="sklearn.preprocessing._function_transformer")  # fmt: skip


def a_function(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    node_of(schema, "StandardScaler")["content"]["content"]["copy"] = {
        "__class__": "system", "__module__": "os", "__loader__": "FunctionNode",
    }  # fmt: skip


def a_trusted_function(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    """skops itself would load it."""
    node_of(schema, "StandardScaler")["content"]["content"]["copy"] = {
        "__class__": "exp", "__module__": "numpy", "__loader__": "FunctionNode",
    }  # fmt: skip


def a_cached_part(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    node_of(schema, "StandardScaler")["__id__"] = 1


def an_older_protocol(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    node_of(schema, "ndarray")["type"] = "json"


def a_giant_array(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    parts[node_of(schema, "ndarray")["file"]] = file.getvalue()


def an_array_of_objects(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    file = io.BytesIO()
    np.save(file, np.array([{}], dtype=object), allow_pickle=True)
    parts[node_of(schema, "ndarray")["file"]] = file.getvalue()


def a_missing_array(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    del parts[node_of(schema, "ndarray")["file"]]


def another_part(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    parts["../../evil.py"] = b"print(1)"


def too_wide(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    state = node_of(schema, "LogisticRegression")["content"]["content"]
    file = io.BytesIO()
    np.save(file, np.ones((1, 4)))
    parts[state["coef_"]["file"]] = file.getvalue()


def not_finite(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    state = node_of(schema, "LogisticRegression")["content"]["content"]
    file = io.BytesIO()
    np.save(file, np.full((1, 3), np.nan))
    parts[state["coef_"]["file"]] = file.getvalue()


def no_pipelines(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    schema["content"] = []


def deep(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    inner: dict[str, Any] = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": "1"}
    for _ in range(300):
        inner = {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "content": [inner]}
    node_of(schema, "StandardScaler")["content"]["content"]["copy"] = inner


CHANGES = {
    another_type: "FunctionTransformer, which no model",
    a_function: "os.system, which no model",
    a_trusted_function: "numpy.exp, which no model",
    a_cached_part: "refer to one another",
    an_older_protocol: "array of objects",
    a_giant_array: "not what it says",
    an_array_of_objects: "not what it says",
    a_missing_array: "damaged or was not written",
    another_part: "not those of a skops file",
    too_wide: "damaged or was not written",
    not_finite: "damaged or was not written",
    no_pipelines: "damaged or was not written",
    deep: "damaged or was not written",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_made_up_file_that_its_card_vouches_for(change: Callable[..., None]) -> None:
    bundle = kept()
    refused(smuggled(bundle, "fear", rewritten(bundle.files["fear.skops"], change)), CHANGES[change])


def test_a_skops_bomb_costs_neither_time_nor_memory() -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("schema.json", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(b" " * 1_000_000)
    content = smuggled(kept(), "fear", buffer.getvalue())
    tracemalloc.start()
    start = time.monotonic()
    refused(content, "what it unpacks to has no limit")
    assert time.monotonic() - start < 5
    assert tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


def tree_state(schema: dict[str, Any]) -> dict[str, Any]:
    return node_of(schema, "Tree")["content"]["content"]


def with_nodes(change: Callable[[np.ndarray], None]) -> Callable[..., None]:
    def apply(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
        name = tree_state(schema)["nodes"]["file"]
        nodes = np.load(io.BytesIO(parts[name]), allow_pickle=False)
        change(nodes)
        file = io.BytesIO()
        np.save(file, nodes)
        parts[name] = file.getvalue()

    return apply


def far_child(nodes: np.ndarray) -> None:
    nodes["left_child"][0] = 10**9


def circle(nodes: np.ndarray) -> None:
    nodes["right_child"][0] = 0


def half_leaf(nodes: np.ndarray) -> None:
    nodes["left_child"][0] = -1


def far_feature(nodes: np.ndarray) -> None:
    nodes["feature"][0] = -7


def more_nodes(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    tree_state(schema)["node_count"]["content"] = "1000000"


def more_outputs(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
    node_of(schema, "Tree")["__reduce__"]["args"]["content"][2]["content"] = "100000"


@pytest.mark.parametrize(
    "change",
    [*(with_nodes(change) for change in (far_child, circle, half_leaf, far_feature)), more_nodes, more_outputs],
    ids=["far child", "circle", "half a leaf", "far feature", "more nodes", "more outputs"],
)
def test_a_tree_that_would_read_beyond_its_end(change: Callable[..., None]) -> None:
    bundle = kept("random forest")
    refused(smuggled(bundle, "fear", rewritten(bundle.files["fear.skops"], change)), "leads nowhere")


def test_support_vectors_that_are_fewer_than_their_counts() -> None:
    def change(schema: dict[str, Any], parts: dict[str, bytes]) -> None:
        file = io.BytesIO()
        np.save(file, np.array([4000, 4000], np.int32))
        parts[node_of(schema, "SVC")["content"]["content"]["_n_support"]["file"]] = file.getvalue()

    bundle = kept("SVM")
    refused(smuggled(bundle, "fear", rewritten(bundle.files["fear.skops"], change)), "damaged or was not written")


@pytest.mark.parametrize("classifier", ["kNN", "SVM", "random forest", "MLP"])
def test_no_made_up_bytes_end_the_program(classifier: str) -> None:
    """Random damage that the card vouches for: refused, or a model that predicts 0 and 1."""
    bundle = kept(classifier)
    content = bundle.files["fear.skops"]
    rng = np.random.default_rng(0)
    for _ in range(12):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), 20):
            damaged[place] = rng.integers(0, 256)
        try:
            opened = from_file(smuggled(bundle, "fear", bytes(damaged)))
        except UserError:
            continue
        assert set(np.unique(opened.models["fear"].predict(rng.uniform(0, 5, (50, 3))))) <= {0, 1}


def test_a_refused_file_leaves_nothing_behind(ws: Workspace) -> None:
    whole = json.loads(to_file(kept()))
    whole["files"]["fear.skops"] = base64.b64encode(b"x" * 10).decode()
    with pytest.raises(UserError):
        bundles.keep(ws, from_file(json.dumps(whole).encode()), "bad", bundles.IMPORTED)
    assert list(ws.models_dir.iterdir()) == []
