"""Names under which the pages keep their choices, and how long each lives.

A choice that can be shared stands in the address of the page; a choice that names a patient never does:
it lives in the session alone and is gone with it.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class Shared(TypedDict):
    """Widget arguments of a choice that may stand in the address."""

    key: str
    bind: Literal["query-params"]


class Private(TypedDict):
    """Widget arguments of a choice that stays in the session."""

    key: str
    persist_state: Literal["session"]


def shared(key: str) -> Shared:
    """Arguments for a widget whose value goes into the address: `st.slider(…, **state.shared("alpha"))`."""
    return {"key": key, "bind": "query-params"}


def private(key: str) -> Private:
    """Arguments for a widget that may name a patient: kept across pages, never in the address."""
    return {"key": key, "persist_state": "session"}


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
