"""Some images of a class, as the generator will see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.workspace import image_sets
from pages.parts import shell

if TYPE_CHECKING:
    import numpy as np

    from core.workspace.image_sets import KeptImageSet
    from core.workspace.store import Workspace

N_SHOWN = 16


def show(ws: Workspace, kept: KeptImageSet, name: str) -> None:
    """The first images of the class `name`, folded away; the images of a set in two clicks deleted."""
    with st.expander(f"Originals of the class {shell.plain(name)}"):
        try:
            st.image(_sheet(kept.id, name, ws), caption=f"{min(N_SHOWN, kept.n_per_class[name])} of "
                     f"{kept.n_per_class[name]}, {kept.width_px} x {kept.height_px} pixels")  # fmt: skip
        except UserError as error:
            shell.show_error(error)
        sure = st.checkbox("Delete this set for good, with its generators and studies", key=f"delete-{kept.id[:8]}")
        if sure and st.button("Delete", icon=":material/delete:"):
            image_sets.delete(ws, kept.id)
            st.rerun()


@st.cache_data(show_spinner=False, max_entries=20, scope="session")
def _sheet(set_id: str, name: str, _ws: Workspace) -> np.ndarray:
    from core.images.sheets import sheet

    image_set = image_sets.read(_ws, set_id)
    return sheet(image_set.images[image_set.labels == image_set.classes.index(name)][:N_SHOWN])
