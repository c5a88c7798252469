"""Names under which the pages keep their choices, and how long each lives.

A choice that can be shared stands in the address of the page; a choice that names a patient never does:
it lives in the session alone and is gone with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, TypedDict

import streamlit as st


class Shared(TypedDict):
    """Widget arguments of a choice that may stand in the address."""

    key: str
    bind: Literal["query-params"]


class Private(TypedDict):
    """Widget arguments of a choice that stays in the session."""

    key: str
    persist_state: Literal["session"]


_ENDING: ContextVar[str] = ContextVar("ending", default="")


@contextmanager
def second() -> Iterator[None]:
    """Inside, the key of every choice ends in `_b`: the same controls once more, for the other of two on one page."""
    token = _ENDING.set("_b")
    try:
        yield
    finally:
        _ENDING.reset(token)


def shared(key: str) -> Shared:
    """Arguments for a widget whose value goes into the address: `st.slider(…, **state.shared("alpha"))`.

    Not for `st.number_input`: `?key=inf` in the address of a whole number ends its page.
    """
    return {"key": key + _ENDING.get(), "bind": "query-params"}


def private(key: str) -> Private:
    """Arguments for a widget that may name a patient or cannot be shared: kept across pages, never in the address."""
    return {"key": key + _ENDING.get(), "persist_state": "session"}


def one_of(label: str, options: Sequence[str], default: str, key: str, **look: Any) -> str:
    """Exactly one of a few options, in the address under `key`. look: further arguments of `st.segmented_control`."""
    kept = shared(key)
    if st.session_state.get(kept["key"], default) is None:
        st.session_state[kept["key"]] = default
    chosen = st.segmented_control(label, options, default=default, required=True, **look, **kept)
    if (
        chosen is None
    ):  # `?key=` seeds the widget with nothing, whatever is required; what was stored wins the next time
        st.rerun()
    return chosen


COHORT_IN_USE = "cohort_in_use"
UPLOAD_TURN = "upload_turn"
UPLOAD_TOLD = "upload_told"
REFUSALS = "upload_refusals"
LABELS_TURN = "labels_turn"
LABELS_STORED = "labels_stored"
LABEL_ERROR = "label_error"
REMOVED_CLIPS = "removed_clips"
ROWS_ADDED = "rows_added"
CONFIRM_DELETE = "confirm_delete"
TOLD = "settings_told"
CLIP = "clip"
FRAME = "face_frame"
PLAYING = "face_playing"
PLAYED = "face_played"
UNITS = "face_units"
NEUTRAL_RANGE = "face_neutral_range"
SEARCHED = "table_code"
TABLE_TOLD = "table_told"
TABLE_TURN = "table_turn"
LABELLED = "labelled_people"
LASSO = "people_in_lasso"
WALKED = "votes_shown"
MODEL_TOLD = "model_told"
MODEL_TURN = "model_turn"
IMAGE_SET = "image_set"
IMAGES_TURN = "images_turn"
IMAGES_WAITING = "images_waiting"
NEXT_IMAGE_SET = "next_image_set"
IMAGES_TAKEN = "images_taken"
