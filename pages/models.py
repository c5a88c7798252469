"""Models: fold models of a cohort that are kept, compared, taken away and brought in."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from core.workspace import bundles
from pages.parts import fold_settings, model_intake, model_view, outcomes, shell, state

if TYPE_CHECKING:
    from core.workspace.bundles import KeptModel
    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace


def train(ws: Workspace, cohort: Cohort | None) -> None:
    """The settings of a new model, and its job."""
    st.markdown("**Train and keep**")
    if cohort is None:
        shell.empty("No cohort to train on", "Load the simulated demo cohort, or import an AU table.", "home",
                    "Go to Home")  # fmt: skip
        return
    name = st.text_input("Name", cohort.name, max_chars=80, **state.private("model_name"))
    settings = fold_settings.choose("model")
    wanted = {"table": cohort.table_hash, "name": name, **asdict(settings)}
    if st.button("Train and keep", type="primary", width="stretch"):
        outcomes.start(ws, "train", wanted)
    outcomes.finished(ws, "train", wanted)


def choose(kept: list[KeptModel]) -> KeptModel:
    """The model whose card is shown."""
    names = {model.id: model.name for model in kept}
    chosen = st.selectbox("Model", list(names), format_func=lambda key: names.get(key, "–"),
                          **state.private("model_shown"))  # fmt: skip
    return next((model for model in kept if model.id == chosen), kept[0])


ws = shell.guard()
top = st.container()
kept = bundles.list_kept(ws)
left, right = shell.workbench()
with left:
    train(ws, shell.cohort_in_use(ws))
    model_intake.upload(ws)
with right:
    if kept:
        st.dataframe(model_view.comparison(kept), hide_index=True, height="content", placeholder="–")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            model = choose(kept)
            model_intake.delete(ws, model)
        model_view.show_card(model)
    else:
        st.markdown(
            "No model is kept yet. A kept model judges people tomorrow and elsewhere as it does today: its fold "
            "models, what they are worth on people never seen, and its calibration are stored in one place, by hash. "
            "**Train and keep** makes one of the cohort in use."
        )
with top:
    shell.header("Models", "Fold models of a cohort, kept with all that tells what they are worth.",
                 terms=("kept model", "model card", "TRIPOD+AI", "vote", "leave-two-out", "interval", "sensitivity",
                        "specificity", "simulated"),
                 export=model_view.exports(ws, model) if kept else None)  # fmt: skip
