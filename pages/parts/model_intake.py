"""Models from outside and models to be rid of: a file is checked as a whole before anything of it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.workspace import bundles
from pages.parts import shell, state

if TYPE_CHECKING:
    from core.workspace.bundles import KeptModel
    from core.workspace.store import Workspace


def upload(ws: Workspace) -> None:
    """Take a file that this page exported, here or elsewhere."""
    from core.screening.bundle import ENDING, from_file

    if told := st.session_state.pop(state.MODEL_TOLD, ""):
        st.success(shell.plain(told), icon=":material/check:")
    turn = st.session_state.setdefault(state.MODEL_TURN, 0)
    file = st.file_uploader("Import a model", type=ENDING, key=f"model_file_{turn}",
                            help="A file that this page exported. Take models from people you trust.")  # fmt: skip
    if file is None:
        return
    try:
        kept = bundles.keep(ws, from_file(file.getvalue()), file.name.removesuffix(ENDING), bundles.IMPORTED)
    except UserError as error:
        shell.show_error(error)
        return
    st.session_state[state.MODEL_TOLD] = f"{kept.name} is kept."
    st.session_state[state.MODEL_TURN] = turn + 1
    st.rerun()


def delete(ws: Workspace, model: KeptModel) -> None:
    """Delete for good, once the reader has said so twice."""
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(
            f"**{shell.plain(model.name)}** is deleted for good. What it has said of people stays on the page Runs."
        )
        if st.button("Delete this model", key="delete_model"):
            bundles.remove(ws, model.id)
            st.session_state[state.MODEL_TOLD] = f"{model.name} is deleted."
            st.rerun()
