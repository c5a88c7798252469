"""Which models judge: new ones of the cohort without the person, or some that were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.workspace import bundles
from pages.parts import state

if TYPE_CHECKING:
    from core.workspace.bundles import KeptModel
    from core.workspace.store import Workspace

TRAIN = "trained now, without this person"


def choose(ws: Workspace) -> KeptModel | None:
    """A kept model, or None for new ones; nothing is asked where none is kept."""
    kept = {model.id: model for model in bundles.list_kept(ws)}
    if not kept:
        return None
    chosen = st.selectbox("Models", ["", *kept], format_func=lambda key: kept[key].name if key else TRAIN,
                          **state.private("screen_model"))  # fmt: skip
    return kept.get(chosen or "")
