"""A model is trained on the cohort in use, or comes in as a file; either is kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.screening.card import ENDING
from core.workspace import bundles
from pages.parts import fold_settings, outcomes, shell, state

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from core.workspace.cohorts import Cohort
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace


def train(ws: Workspace, cohort: Cohort | None) -> dict[str, object] | None:
    """Draw the settings and start the training when asked to; what would be trained, None without a cohort."""
    if cohort is None:
        st.markdown("Training needs a cohort of people with PD and of controls.")
        st.page_link("pages/home.py", label="Go to Home", icon=":material/arrow_forward:")
        return None
    simulated = "simulated " if cohort.simulated else ""
    st.markdown(f"Train on all {cohort.n_people} {simulated}people of {shell.plain(cohort.name)}.")
    name = st.text_input("Name", max_chars=80, placeholder=cohort.name, **state.private("train_name"))
    settings = fold_settings.choose("train")
    wanted = {"table": cohort.table_hash, "name": name.strip() or cohort.name, **asdict(settings)}
    if st.button("Train and keep", type="primary", width="stretch"):
        outcomes.start(ws, "train", wanted)
    return wanted


def watch(ws: Workspace, wanted: dict[str, object] | None) -> Job | None:
    """The training of these settings while it runs or where it failed."""
    return outcomes.finished(ws, "train", wanted) if wanted else None


def bring_in(ws: Workspace, told: DeltaGenerator) -> None:
    """Import a model from one file: checked as a whole before any of it is stored; refusals stand in `told`."""
    turn = st.session_state.setdefault(state.MODEL_TURN, 0)
    with st.expander("Import a model"):
        st.markdown(
            "A file that this page exported. Its hashes, features and versions are checked; pickles and archives are "
            "refused. Take models from people you trust."
        )
        upload = st.file_uploader("Model file", type=[ENDING.removeprefix(".")], key=f"model_file-{turn}")
        if upload is None:
            return
        try:
            with st.spinner("Checking the file"):
                kept = receive(ws, upload.name, upload.getvalue())
        except UserError as error:
            with told:
                shell.show_error(error)
                st.markdown("Nothing is stored.")
            return
    st.session_state[state.MODEL_TOLD] = f"{shell.plain(kept.name)} is kept: {kept.source}, checked."
    st.session_state[state.MODEL_TURN] += 1  # a fresh field: the server would keep the upload in memory
    st.rerun()


def receive(ws: Workspace, name: str, content: bytes) -> bundles.KeptModel:
    """Keep an uploaded model under the name of its file. Raises `UserError` where it is none, and stores nothing."""
    from core.screening.bundle import from_file

    return bundles.keep(ws, from_file(content), name.removesuffix(ENDING), bundles.IMPORTED)
