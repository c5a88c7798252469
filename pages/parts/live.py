"""A part of a page that runs again alone: when something in it is chosen, or as time passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.trouble import told


def live(part: Callable[..., None], *given: Any, every: float | None = None) -> None:
    """Show `part(*given)`, which runs again alone, and by itself every so many seconds where `every` is given.

    It has a container to itself. When it runs again before the browser has got what the whole page drew, Streamlit
    withdraws the drawing of this part alone, and the browser closes the gap: what stands beside it would take its
    place.
    """
    with st.container():
        st.fragment(told()(part), run_every=every)(*given)
