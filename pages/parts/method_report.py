"""What a method has to tell of its own run: the curve of a search, rows that it could not make, units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.types import CONTROL, PD
from pages.parts import charts

if TYPE_CHECKING:
    from core.latent.synthesis import Synthetic

_GROUPS = {1: PD, 0: CONTROL}


def show(made: Synthetic, key: str) -> None:
    """Below the figure of the rows, for any method but AGCL; most have nothing to tell."""
    if any(made.n_filled.values()):
        from core.latent.inexact import filled_words

        st.info(filled_words(made.n_filled, made.y, _GROUPS), icon=":material/info:")
    if (of := made.units[1]) and not made.remark:
        st.markdown(f"**{made.units[0]}** of {of} latent units tell the rows apart.")
    if made.remark:
        st.warning(made.remark, icon=":material/warning:")
    if not made.history:
        return
    histories = {group: made.history[label] for label, group in _GROUPS.items() if label in made.history}
    st.plotly_chart(charts.search_curves(histories), key=f"search_curves_{key}", config=charts.STILL)
    inside = " and ".join(f"**{100 * told['inside'][-1]:.0f} %** of {group}" for group, told in histories.items())
    st.markdown(
        "Generation by generation: how similar the profiles of a set are to that of its centre (the best set, and thin "
        "the mean of all sets), and how far apart the rows of the best set lie. Similarity sees no strength, so the "
        "distance may fall where weak expressions are chosen. "
        f"Inside the class gate at the end: {inside}; what was outside was drawn again."
    )
