"""Which kept model judges, where there is one; else models are trained for the screening."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.workspace import bundles
from pages.parts import shell, state

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.bundles import KeptModel
    from core.workspace.store import Workspace

FRESH = ""


def choose(ws: Workspace) -> KeptModel | None:
    """The kept model to screen by, or None to train on the cohort without the person."""
    kept = {model.id: model for model in bundles.list_kept(ws)}
    if not kept:
        return None
    chosen = st.selectbox("Model", [FRESH, *kept], format_func=lambda key: _name(kept, key),
                          **state.private("screen_model"))  # fmt: skip
    model = kept.get(chosen)
    if model is not None:
        simulated = "simulated " if model.card["simulated"] else ""
        st.markdown(
            f"Trained on {model.card['people']['n']} {simulated}people measured by "
            f"{shell.plain(', '.join(model.card['backends']))}. It judges nobody it was trained on."
        )
    return model


def refusal(ws: Workspace, model: KeptModel, table: pd.DataFrame, chosen: tuple[str, list[str]]) -> UserError | None:
    """Why the model must not judge the person, before a job finds out. chosen: their code and their clips."""
    from core.screening.known_people import check_people
    from core.workspace import clips

    person, clip_ids = chosen
    rows = clips.rows_of(ws, clip_ids) if clip_ids else table[table["subject"] == person]
    if rows.empty:  # the job says that nothing was measured
        return None
    try:
        check_people(model.card, rows)
    except UserError as error:
        return error
    return None


def explain(model: KeptModel) -> None:
    """What will come, before the model was asked."""
    st.markdown(
        f"The fold models of {shell.plain(model.name)} vote on this person, emotion by emotion; nothing is trained. "
        "On a tie, or with fewer than three usable emotions, the verdict is withheld. Where the person lies is shown "
        "among the people of the cohort in use, if these were measured alike."
    )


def _name(kept: dict[str, KeptModel], key: str) -> str:
    return kept[key].name if key in kept else "Train on the cohort without this person"
