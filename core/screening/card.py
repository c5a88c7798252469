"""The card of a kept model: a JSON object with everything that is told of it, checked part by part when it is read.

Imports nothing heavy: a list of kept models is read by their cards alone.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from core.errors import UserError
from core.screening.calibration import Calibration
from core.screening.statistics import Rate
from core.settings import AGCLSettings, ScreeningSettings
from core.types import GROUPS

CARD = "card.json"
ENDING = ".labmodel"
"""Ending of a model in one file."""

MAX_CARD_BYTES = 4 * 2**20
FORMAT = 1
"""Rises when what a card holds changes its meaning."""

N_QUANTILES = 11
"""Points at which the distribution of a feature is kept: enough to say where a person lies, too few to tell people."""

RATES = ("out_of_fold", "sensitivity", "specificity")
"""The scores of an emotion, each with its interval."""

_TEXT_LIMIT = 2000
_RATE: dict[str, Any] = {"correct": float, "n": int, "accuracy": (float, None), "ci": ([float], None)}
_EMOTION: dict[str, Any] = {
    "features": [str],
    "n_pd": int,
    "n_control": int,
    "n_rows": int,
    "weights": [float],
    "n_one_sided": int,
    "out_of_fold": _RATE,
    "sensitivity": _RATE,
    "specificity": _RATE,
    "reference": {str: {"PD": [float], "control": [float]}},
    "file": {"name": str, "bytes": int, "sha256": str},
}
SHAPE: dict[str, Any] = {
    "format": int,
    "settings": {
        "classifier": str,
        "method": str,
        "features": str,
        "agcl": {"alpha": float, "threshold": float, "n_clusters": (int, None), "rule": str, "spread": str},
        "n_folds": int,
        "random_state": int,
    },
    "input_hash": str,
    "simulated": bool,
    "backends": [str],
    "versions": {str: str},
    "people": {
        "n": int,
        "n_pd": int,
        "n_control": int,
        "n_rows": int,
        "n_rows_unknown": int,
        "age": {str: {"n": int, "median": float, "low": float, "high": float}},
        "sex": {str: {str: int}},
        "marks": [str],
        "row_marks": [str],
    },
    "emotions": {str: _EMOTION},
    "skipped": {str: str},
    "vote_accuracy": {
        "decided": (_RATE, None),
        "n_undecided": (int, None),
        "n_people": int,
        "n_outer": int,
        "reason": str,
    },
    "calibration": {
        "kind": str,
        "intercept": float,
        "slope": float,
        "covariance": [float],
        "shares_pd": [float],
        "shares_control": [float],
        "target_error": float,
    },
    "risk_coverage": [{"threshold": float, "n": int, "coverage": float, "accuracy": float, "ci": [float]}],
}
"""What stands where: a type; alternatives; [a list of these]; {str: of any name}; an object with these keys or more."""


def written(card: dict[str, Any]) -> bytes:
    """The card as a file: the same card gives the same bytes."""
    return json.dumps(card, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()


def identity_of(card: Mapping[str, Any]) -> str:
    """SHA-256 of the card, which names every file by its own: what tells one kept model from another."""
    return hashlib.sha256(written(dict(card))).hexdigest()


def settings_of(card: Mapping[str, Any]) -> ScreeningSettings:
    """What the model was trained by. Raises TypeError where the card has settings that this program does not know."""
    given = card["settings"]
    return ScreeningSettings(**{**given, "agcl": AGCLSettings(**given["agcl"])})


def read(content: bytes) -> dict[str, Any]:
    """The card in a file. Raises `UserError` for anything that is not one, or of another format."""
    try:
        card = json.loads(content.decode(), parse_constant=_no_number)
        known = isinstance(card, dict) and type(card.get("format")) is int
    except (ValueError, RecursionError):
        known = False
    if not known:
        raise _refusal("It is damaged, or another program wrote it.")
    if card["format"] != FORMAT:
        raise UserError(
            "This model was kept by another version of the program.",
            f"Its card has format {card['format']}, and this version knows format {FORMAT}.",
            "Open it with that version, or train the model again.",
        )
    if place := misfit(card, SHAPE) or _untrue(card):
        raise _refusal(f"Its {place} is missing or not what it should be.")
    return dict(card)


def misfit(value: Any, shape: Any, place: str = "") -> str:
    """Where in `value` stands something that `SHAPE` does not expect there; empty where all fits."""
    if isinstance(shape, tuple):
        return "" if any(not misfit(value, one, place) for one in shape) else place
    if shape is None:
        return "" if value is None else place
    if isinstance(shape, list):
        if not isinstance(value, list):
            return place
        return next((wrong for one in value if (wrong := misfit(one, shape[0], place))), "")
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return place or "content"
        if set(shape) == {str}:
            parts = [(one, shape[str], f"{place} {_short(key)}") for key, one in value.items()]
        else:
            parts = [(value.get(key), one, f"{place} {key}".strip()) for key, one in shape.items()]
        return next((wrong for one, expected, where in parts if (wrong := misfit(one, expected, where))), "")
    if shape is float:
        return "" if type(value) in (int, float) else place
    if shape is str:
        return "" if type(value) is str and len(value) <= _TEXT_LIMIT else place
    return "" if type(value) is shape else place


def _untrue(card: dict[str, Any]) -> str:
    """Where the card contradicts itself: shares and intervals that do not follow from their counts, odd quantiles."""
    rates = {"vote_accuracy decided": card["vote_accuracy"]["decided"]}
    for emotion, told in card["emotions"].items():
        rates |= {f"emotions {_short(emotion)} {name}": told[name] for name in RATES}
        for feature in told["features"]:
            groups = told["reference"].get(feature, {})
            if not all(len(groups.get(group, ())) == N_QUANTILES for group in GROUPS):
                return f"emotions {_short(emotion)} reference"
    try:
        Calibration.from_json(card["calibration"])
    except ValueError:
        return "calibration"
    return next((place for place, rate in rates.items() if rate is not None and not _is_rate(rate)), "")


def _is_rate(given: dict[str, Any]) -> bool:
    try:
        true = Rate(given["correct"], given["n"]).to_json()
    except ValueError:
        return False
    return all(
        (one is None) == (other is None) and (one is None or math.isclose(one, other, abs_tol=1e-6))
        for one, other in zip(_numbers(given), _numbers(true), strict=True)
    )


def _numbers(rate: dict[str, Any]) -> tuple[Any, Any, Any]:
    low, high = rate["ci"] if rate["ci"] and len(rate["ci"]) == 2 else (None, None)
    return rate["accuracy"], low, high


def _short(text: str) -> str:
    return text[:40]


def _no_number(constant: str) -> float:
    raise ValueError(constant)


def _refusal(why: str) -> UserError:
    return UserError("This is not the card of a kept model.", why, "Export the model again where it was trained.")
