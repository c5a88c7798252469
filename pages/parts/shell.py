"""What surrounds every page: navigation, guard, notice, header, and how errors are told."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from core.errors import UserError
from core.settings import NOTICE
from pages.parts import glossary, job_panel, state
from pages.parts.trouble import plain, show_error, told

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace

NAME = "Hypomimia Lab"
ROOT = Path(__file__).resolve().parents[2]
ICON = str(ROOT / "assets" / "icon.svg")
LOGO = str(ROOT / "assets" / "logo.svg")
SIDEBAR_PX = 264

PAGES = {
    "Start": (("home", "Home", "home"), ("walkthrough", "Walk-through", "directions_walk")),
    "Cohort": (("clips", "Clips", "movie"), ("faces", "Faces", "face"), ("au_table", "AU table", "table")),
    "AU space": (
        ("latent_space", "Latent space", "scatter_plot"),
        ("synthetic_samples", "Synthetic samples", "blur_on"),
        ("validation", "Validation", "fact_check"),
    ),
    "Screening": (("screen", "Screen", "how_to_vote"), ("models", "Models", "inventory_2")),
    "Image space": (
        ("evolve_images", "Evolve images", "auto_awesome_mosaic"),
        ("s3vae", "S3VAE", "blur_circular"),
        ("studies", "Studies", "science"),
    ),
    "Workspace": (("runs", "Runs", "pending_actions"), ("settings", "Settings", "settings")),
}
"""Sidebar group to its pages: file in `pages/`, title, Material icon."""


class Download(NamedTuple):
    """One thing a page can export. data: made only when the reader asks for it."""

    label: str
    file_name: str
    mime: str
    data: Callable[[], str | bytes]


_DRIVEN: ContextVar[bool] = ContextVar("driven", default=False)


def run() -> None:
    """Run the page that was asked for; what it could not handle is told, never a traceback."""
    page = _navigation()
    token = _DRIVEN.set(True)
    try:
        with told():
            page.run()
    finally:
        _DRIVEN.reset(token)


def guard() -> Workspace:
    """First statement of every page: look, navigation, notice, workspace; stops the page where there is none.

    A fresh server opens `pages/x.py` straight from a deep link, without `app.py`: so all of this is done here, and
    the page is begun again under `run`.
    """
    if not _DRIVEN.get():
        run()
        st.stop()
    page = _navigation()
    st.set_page_config(f"{page.title} · {NAME}", ICON, layout="wide", initial_sidebar_state=SIDEBAR_PX)
    st.logo(LOGO, size="large", icon_image=ICON)
    st.html(ROOT / "assets" / "style.css")
    try:
        ws = _open_workspace(os.environ.get("LAB_HOME", ""))
    except UserError as error:
        st.title(NAME)
        show_error(error)
        st.stop()
    _sidebar(ws)
    with st.container(key="notice"):
        st.markdown(NOTICE)
    if trouble := ws.notice():
        show_error(trouble)
        st.button("Understood", on_click=ws.dismiss_notice)
    return ws


def header(title: str, line: str, terms: Sequence[str] = (), export: Sequence[Download] | None = None) -> None:
    """Title, what the page is for, the cohort in use, the terms explained (`glossary`) and what can be exported."""
    with st.container(key="top", gap="xxsmall"):
        with st.container(key="header", horizontal=True, vertical_alignment="center"):
            st.title(title, anchor=False)
            _name_cohort()
            if terms:
                _explain(terms)
            if export:
                export_menu(export)
        st.markdown(line)


def export_menu(export: Sequence[Download]) -> None:
    """What can be taken away, behind one button."""
    with st.popover("Export", icon=":material/download:"):
        for item in export:
            st.download_button(item.label, item.data, item.file_name, item.mime, on_click="ignore")


def workbench() -> tuple[DeltaGenerator, DeltaGenerator]:
    """(controls, figure): beside each other, on a tablet the controls in two columns above."""
    with st.container(key="workbench"):
        left, right = st.columns([1, 2.3], gap="medium")
    return left.container(key="controls"), right


def _name_cohort() -> None:
    cohort = cohort_in_use(_open_workspace(os.environ.get("LAB_HOME", "")))
    if cohort is None:
        return
    mark = " :orange-badge[SIMULATED]" if cohort.simulated else ""
    with st.container(key="cohort-name", width="content"):
        st.markdown(f":material/groups: {plain(cohort.name)} · {people(cohort.n_people)}{mark}", width="content")


def cohort_in_use(ws: Workspace) -> Cohort | None:
    """The cohort that every page works on, or None where there is none yet."""
    from core.workspace import cohorts

    return cohorts.in_use(ws)


def people(n: int) -> str:
    """`1 person`, `59 people`."""
    return "1 person" if n == 1 else f"{n} people"


def empty(title: str, text: str, page: str, label: str) -> None:
    """An empty state: what is missing, and a link to where to get it. page: a file in `pages/` without its ending."""
    with st.container(key="empty", border=True):
        st.header(title, anchor=False)
        st.markdown(text)
        st.page_link(str(ROOT / "pages" / f"{page}.py"), label=label, icon=":material/arrow_forward:")


def _navigation() -> st.navigation:
    groups = {
        group: [
            # No icon here: the browser would fetch it as the page's favicon from a font server outside.
            st.Page(ROOT / "pages" / f"{file}.py", title=title)
            for file, title, _ in pages
            if file != "home"
        ]
        for group, pages in PAGES.items()
    }
    # The default page answers at / alone; a fresh server opens it at /home too, and that address must not die later.
    home = ROOT / "pages" / "home.py"
    groups["Start"] += [
        st.Page(home, title="Home", url_path="start", default=True),
        st.Page(home, title="Home", url_path="home", visibility="hidden"),
    ]
    return st.navigation(groups, position="hidden")


@st.cache_resource(show_spinner=False)
def _open_workspace(home: str) -> Workspace:
    """The workspace, which begins with the demo cohort in it where `LAB_DEMO` is set (`lab.py run` sets it)."""
    from core.workspace.store import Workspace

    ws = Workspace.open(Path(home) if home else None)
    if ws.is_new and os.environ.get("LAB_DEMO"):
        from core.workspace import cohorts

        cohorts.use(ws, cohorts.load_demo(ws).id)
    return ws


def _sidebar(ws: Workspace) -> None:
    with st.sidebar:
        with st.container(key="navigation"):
            for group, pages in PAGES.items():
                st.caption(group)
                for file, title, icon in pages:
                    st.page_link(ROOT / "pages" / f"{file}.py", label=title, icon=f":material/{icon}:", width="stretch")
        _choose_cohort(ws)
        job_panel.badge(ws)


def _choose_cohort(ws: Workspace) -> None:
    from core.workspace import cohorts

    names = {cohort.id: cohort.name for cohort in cohorts.list_cohorts(ws)}
    if not names:
        return
    current = cohorts.in_use(ws)
    st.session_state[state.COHORT_IN_USE] = current.id if current else None
    st.selectbox(
        "Cohort in use",
        list(names),
        format_func=names.__getitem__,
        key=state.COHORT_IN_USE,
        on_change=lambda: cohorts.use(ws, st.session_state[state.COHORT_IN_USE]),
    )


def _explain(terms: Sequence[str]) -> None:
    with st.popover("Terms", icon=":material/help:"):
        for name in terms:
            term = glossary.TERMS[name]
            st.markdown(f"**{name}**: {term.sentence}")
            if term.equation:
                with st.expander("Equation"):
                    st.latex(term.equation)
