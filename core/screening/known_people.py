"""Whom a kept model knows and whom it can judge, from its card alone: asked before anything heavy is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.people import person_key
from core.scales import backends_of
from core.types import ACTION_UNITS

if TYPE_CHECKING:
    import pandas as pd


def check_people(card: Mapping[str, Any], people: pd.DataFrame) -> None:
    """Raise `UserError` where a model must not judge everybody of an AU table.

    That is where other backends measured them than the people of the model, and where it was trained on one of them.
    """
    check_backends(card, people)
    for subject, rows in people.groupby(people["subject"].astype(str)):
        check_unknown(card, str(subject), rows)


def check_backends(card: Mapping[str, Any], people: pd.DataFrame) -> None:
    """Raise `UserError` unless the backends that measured the people also measured those of the model."""
    theirs = backends_of(people)
    if not set(theirs) <= set(card["backends"]):
        raise UserError(
            "The person was not measured like the people of this model.",
            f"The model was trained on intensities of {', '.join(card['backends'])}; the person's are of "
            f"{', '.join(theirs)}.",
            "Measure the clips again with the backend of the model, or choose another model.",
        )


def check_unknown(card: Mapping[str, Any], subject: str, rows: pd.DataFrame) -> None:
    """Raise `UserError` where the model was trained on this person, by code or by the intensities of a clip."""
    known, input_hash = card["people"], card["input_hash"]
    by_code = mark(input_hash, person_key(subject)) in known["marks"]
    if by_code or row_marks(rows, input_hash) & set(known["row_marks"]):
        what = "The code" if by_code else "A clip"
        raise UserError(
            f"This model was trained on {subject}.",
            f"{what} is among those that it learned from, and a model has no honest verdict on whom it knows.",
            "Train on the cohort without this person, or give another person's clips a code of their own.",
        )


def mark(input_hash: str, *parts: object) -> str:
    """A person or a row, so that it is known again without being named: 16 hex digits of a hash."""
    return hashlib.sha256("/".join(map(str, (input_hash, *parts))).encode()).hexdigest()[:16]


def row_marks(rows: pd.DataFrame, input_hash: str) -> set[str]:
    """A mark of the intensities of each row that has some: the same clip under another code has the same."""
    units = rows.reindex(columns=list(ACTION_UNITS)).astype(float)
    values = zip(rows["emotion"], units.to_numpy(), strict=True)
    return {mark(input_hash, emotion, *(f"{v:.4f}" for v in row)) for emotion, row in values if np.isfinite(row).any()}
