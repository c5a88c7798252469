"""A model that is kept: its card, and the fold models of each emotion in a skops file of their own.

It exists in two forms with the same content. A folder holds `card.json` and `<emotion>.skops`. One file, for taking it
elsewhere, is JSON: `{"kind": "hypomimia-lab-model", "card": …, "files": {"anger.skops": base64, …}}`, because archives
are refused as uploads. The card says the length and the SHA-256 of every file, and both are checked before anything in
it is looked at. A hash tells damage, not who wrote the file: `core.screening.model_file` makes sure that even a file
that was made up cannot do more than predict wrongly.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.errors import UserError
from core.latent.features import feature_names
from core.screening import card as cards
from core.screening.provenance import versions
from core.screening.voting import EmotionModels, FoldModel
from core.settings import CLASSIFIERS, FEATURE_SETS, METHODS, ScreeningSettings
from core.types import EMOTIONS

KIND = "hypomimia-lab-model"
MAX_MODELS_BYTES = 32 * 2**20
"""Of one emotion. The largest that is trained here, a random forest after AGCL, has some 11 MB."""
MAX_FILE_BYTES = 250 * 2**20

_REMEDY = "Export the model again where it was trained."


@dataclass(frozen=True)
class Bundle:
    """A kept model that was checked as a whole. card: see `core.screening.card.SHAPE`. files: name to content."""

    card: dict[str, Any]
    files: dict[str, bytes]
    models: dict[str, EmotionModels]

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the card, which names every file by its own: 64 hex digits."""
        return cards.identity_of(self.card)

    @property
    def settings(self) -> ScreeningSettings:
        return cards.settings_of(self.card)


def read(card_content: bytes, files: Mapping[str, bytes]) -> Bundle:
    """A bundle from its card and the files that the card names; others are not looked at.

    Raises `UserError` where a file is missing, damaged or no file of fold models, and where this program makes other
    features or has another scikit-learn than the model was trained with; then both are said.
    """
    card = cards.read(card_content)
    check_compatible(card)
    kept: dict[str, bytes] = {}
    models: dict[str, EmotionModels] = {}
    for emotion, told in card["emotions"].items():
        name = told["file"]["name"]
        content = files.get(name)
        if content is None:
            raise UserError(f"{name} is missing.", f"The card says that it holds the models of {emotion}.", _REMEDY)
        if len(content) != told["file"]["bytes"] or hashlib.sha256(content).hexdigest() != told["file"]["sha256"]:
            raise UserError(f"{name} is not as it was kept.", "Its length or its SHA-256 is not that of the card.",
                            _REMEDY)  # fmt: skip
        kept[name] = content
        models[emotion] = _models(emotion, told, content, cards.settings_of(card))
    return Bundle(card, kept, models)


def check_compatible(card: Mapping[str, Any]) -> None:
    """Raise `UserError` unless this program can predict with a model of this card."""
    settings = card["settings"]
    try:
        chosen = cards.settings_of(card)
        known = chosen.classifier in CLASSIFIERS and chosen.method in METHODS and chosen.features in FEATURE_SETS
    except TypeError:  # a setting of a newer version
        known = False
    if not known or not card["emotions"] or not set(card["emotions"]) <= set(EMOTIONS):
        raise UserError(
            "This version of the program does not know such a model.",
            f"It is {settings['classifier']} of {settings['features']} for {', '.join(card['emotions']) or 'nothing'}.",
            "Open it with the version that trained it, or train it again.",
        )
    for emotion, told in card["emotions"].items():
        ours = feature_names(emotion, settings["features"])
        if tuple(told["features"]) != ours:
            raise UserError(
                f"The features for {emotion} do not match.",
                f"The model was trained on {', '.join(told['features'])}; this program gives {', '.join(ours)}.",
                "Open it with the version that trained it, or train it again.",
            )
        if told["file"]["name"] != f"{emotion}.skops" or not 0 < told["file"]["bytes"] <= MAX_MODELS_BYTES:
            raise UserError("This model cannot be read.", f"Its file for {emotion} has a wrong name or size.", _REMEDY)
    theirs, ours_now = card["versions"].get("scikit-learn", "none"), versions()["scikit-learn"]
    if theirs.split(".")[:2] != ours_now.split(".")[:2]:
        raise UserError(
            "The model was trained with another scikit-learn.",
            f"It needs {theirs} and here is {ours_now}, which may predict otherwise without saying so.",
            "Train the model again here, or open it with the version that trained it.",
        )


def to_file(bundle: Bundle) -> bytes:
    """The bundle as one file."""
    content = {
        "kind": KIND,
        "card": bundle.card,
        "files": {name: base64.b64encode(content).decode() for name, content in bundle.files.items()},
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def from_file(content: bytes) -> Bundle:
    """The bundle in one file. Raises what `read` raises, and `UserError` for anything else than such a file."""
    if not content:
        raise UserError("The file is empty.", "It holds no model.", _REMEDY)
    if len(content) > MAX_FILE_BYTES:
        raise UserError("The file is too large.", f"A kept model has at most {MAX_FILE_BYTES >> 20} MB.", _REMEDY)
    if not content.lstrip()[:1] == b"{":  # archives and pickles are not even read
        raise UserError("The file is not a kept model.", _what(content), "Choose a file that the page Models exported.")
    try:
        whole = json.loads(content.decode())
        wrong = not isinstance(whole, dict) or cards.misfit(whole, {"kind": str, "card": dict, "files": dict})
    except (ValueError, RecursionError):
        raise UserError("The file is cut short or damaged.", "Its end does not fit its beginning.", _REMEDY) from None
    if wrong or whole["kind"] != KIND:
        raise UserError("The file is not a kept model.", "It is JSON of another kind.",
                        "Choose a file that the page Models exported.")  # fmt: skip
    try:
        card_content = cards.written(whole["card"])
        card = cards.read(card_content)
    except ValueError:
        raise UserError("The file is damaged.", "Its card holds a number that is none.", _REMEDY) from None
    check_compatible(card)
    return read(card_content, {told["file"]["name"]: _decoded(whole["files"], told["file"])
                               for told in card["emotions"].values()})  # fmt: skip


def _models(emotion: str, told: Mapping[str, Any], content: bytes, settings: ScreeningSettings) -> EmotionModels:
    from core.screening import model_file

    name = told["file"]["name"]
    pipelines = model_file.load(content, told["features"], settings, name)
    if len(pipelines) != len(told["weights"]) or not all(0 <= weight <= 1 for weight in told["weights"]):
        raise UserError(f"{name} does not fit the card.", "Its models and their weights are not as many.", _REMEDY)
    folds = (FoldModel(pipeline, weight, {}) for pipeline, weight in zip(pipelines, told["weights"], strict=True))
    return EmotionModels(emotion, tuple(told["features"]), tuple(folds), {})


def _decoded(files: Mapping[str, Any], told: Mapping[str, Any]) -> bytes:
    text = files.get(told["name"])
    if type(text) is not str or len(text) != 4 * ((told["bytes"] + 2) // 3):
        raise UserError(f"{told['name']} is missing or cut short.", "Its length is not that of the card.", _REMEDY)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise UserError(f"{told['name']} is damaged.", "It is not written as it should be.", _REMEDY) from None


def _what(content: bytes) -> str:
    if content[:2] == b"PK":
        return "It is an archive, and what it unpacks to has no limit."
    if content[:1] == b"\x80":
        return "It is a pickle, and reading one runs whatever program is in it."
    return "It is of another kind."
