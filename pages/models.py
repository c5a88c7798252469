"""Models: train and keep them, compare what they are worth, read their cards, take them out and bring them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.workspace import bundles
from pages.parts import model_report, model_training, shell, state

if TYPE_CHECKING:
    from core.workspace.bundles import KeptModel
    from core.workspace.store import Workspace
    from pages.parts.shell import Download


def explain() -> None:
    """What keeping a model is for, before there is one."""
    with st.container(key="empty", border=True):
        st.header("No model is kept yet", anchor=False)
        st.markdown(
            "Train one on the cohort in use, or import one. A kept model screens people without training again, and "
            "always gives the same answers; its card says whom it was trained on and how often it is right about "
            "people it never saw. It judges nobody it was trained on: for people of the cohort, the page Screen trains "
            "without them."
        )
        st.page_link("pages/screen.py", label="Screen a person", icon=":material/arrow_forward:")


def offer_deletion(ws: Workspace, model: KeptModel) -> None:
    """Delete one model, after a word about what that means."""
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(
            f"Delete **{shell.plain(model.name)}** for good? This cannot be undone. Export it first if its verdicts "
            "must be given again later."
        )
        if st.button("Delete for good", key=f"delete-{model.id}"):
            bundles.remove(ws, model.id)
            st.session_state[state.MODEL_TOLD] = f"{shell.plain(model.name)} was deleted."
            st.rerun()


def main() -> None:
    ws = shell.guard()
    top, told = st.container(), st.container()
    if words := st.session_state.pop(state.MODEL_TOLD, ""):
        told.success(words, icon=":material/check:")
    left, right = shell.workbench()
    with left:
        wanted = model_training.train(ws, shell.cohort_in_use(ws))
        model_training.bring_in(ws, told)
    export: list[Download] = []
    with right:
        model_training.watch(ws, wanted)
        kept = bundles.list_kept(ws)
        chosen = model_report.choose(kept) if kept else []
        if not kept:
            explain()
        elif len(chosen) == 1:
            model_report.show_worth(chosen[0])
            with st.container(horizontal=True, vertical_alignment="center"):
                offer_deletion(ws, chosen[0])
                st.markdown("Tick two or more to compare them." if len(kept) > 1 else "One model is kept.")
    if len(chosen) > 1:
        model_report.show_comparison(chosen)
        export = model_report.comparison_exports(chosen)
    elif chosen:
        model_report.show_card(chosen[0])
        export = model_report.exports(ws, chosen[0])
    with top:
        shell.header("Models", "Keep what was trained, know what it is worth, and screen with it again.",
                     terms=("kept model", "model card", "TRIPOD+AI", "interval", "sensitivity", "specificity", "vote",
                            "leave-two-out", "AGCL", "alpha"),
                     export=export)  # fmt: skip


main()
