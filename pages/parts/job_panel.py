"""Long work on a page: progress, time left, log, cancel and retry, read from the job table and from nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.time_left import duration
from pages.parts.live import live

if TYPE_CHECKING:
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace

TITLES = {
    "extract": "Measure clips",
    "project": "Map the AU space",
    "fidelity": "Judge synthetic rows",
    "validate": "Validate",
    "screen": "Screen a person",
    "train": "Train a model",
    "images": "Read images",
    "gan": "Train a generator",
    "evolve": "Evolve a set",
    "vae": "Train a VAE",
    "vae_sweep": "Sweep of σ and K",
    "study": "Augmentation study",
    "discard": "Discard study",
}
PAUSED = ("gan", "evolve", "vae", "vae_sweep", "study", "discard")
"""Kinds that go on where they were stopped, to the last bit, so that a stop is called a pause."""
ACTIVE = ("queued", "running")
STATES = {
    "queued": ("Waiting", "gray", "schedule"),
    "running": ("Running", "blue", "progress_activity"),
    "done": ("Done", "green", "check_circle"),
    "failed": ("Failed", "red", "error"),
    "cancelled": ("Cancelled", "gray", "cancel"),
    "interrupted": ("Interrupted", "orange", "report"),
}
"""Job state to the word, the colour and the Material icon it is shown with."""

REFRESH_S = 1.0


def show(ws: Workspace, job: Job) -> None:
    """One job, live while it runs, in any tab and after any refresh; the page runs again once it has ended."""
    live(_panel, ws, job.id, job.state, every=REFRESH_S if job.state in ACTIVE else None)


def badge(ws: Workspace) -> None:
    """How many jobs run now, in the sidebar; nothing where none does."""
    from core.workspace import jobs

    if jobs.active(ws):
        live(_count, ws, every=REFRESH_S)


def title(job: Job) -> str:
    """What a job does, in words."""
    return job.title or TITLES.get(job.kind, job.kind)


def state_badge(job: Job) -> None:
    """The state of a job as a word in its colour."""
    word, colour, icon = STATES[job.state]
    if job.state == "cancelled" and job.kind in PAUSED:
        word, icon = "Paused", "pause"
    st.badge(word, color=colour, icon=f":material/{icon}:")


def _panel(ws: Workspace, job_id: str, state_drawn: str) -> None:
    from core.workspace import jobs

    job = jobs.get(ws, job_id)
    if job.state not in ACTIVE and state_drawn in ACTIVE:
        st.rerun()
    with st.container(key=f"job-{job.id}", border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{title(job)}**", width="content")
            state_badge(job)
            st.space("stretch")
            _buttons(ws, job)
        if job.state in ACTIVE:
            _progress(ws, job)
        elif job.state in ("failed", "interrupted"):
            st.text(job.error)
        lines = jobs.log(ws, job.id, 8)
        if lines:
            with st.expander("Log"):
                st.code("\n".join(lines), language=None)


def _progress(ws: Workspace, job: Job) -> None:
    from core.workspace import jobs

    share = min(job.done / job.total, 1.0) if job.total else 0.0
    left = jobs.seconds_left(job)
    rest = f" · about {duration(left)} left" if left is not None else ""
    st.progress(share, text=f"{job.message or 'Waiting for a free worker'} · {100 * share:.0f} %{rest}")


def _buttons(ws: Workspace, job: Job) -> None:
    from core.workspace import jobs

    if job.state in ACTIVE:
        stopping = job.message == "Stopping"
        stop, icon = ("Pause", "pause") if job.kind in PAUSED else ("Cancel", "close")
        st.button(
            "Stopping" if stopping else stop,
            key=f"cancel-{job.id}",
            icon=f":material/{icon}:",
            disabled=stopping,
            help="Stops at the next safe point, or by force after 10 s; what is finished is kept",
            on_click=lambda: jobs.cancel(ws, job.id),
        )
    elif job.state != "done" and st.button(_again(job), key=f"retry-{job.id}", icon=":material/refresh:"):
        try:
            jobs.retry(ws, job.id)
        except UserError as error:
            st.toast(str(error))
        st.rerun()


def _again(job: Job) -> str:
    return "Resume" if job.kind in PAUSED and job.state != "failed" else "Retry"


def _count(ws: Workspace) -> None:
    from core.workspace import jobs

    active = jobs.active(ws)
    if not active:
        st.rerun()
    job = active[0]
    share = min(job.done / job.total, 1.0) if job.total else 0.0
    more = f" and {len(active) - 1} more" if len(active) > 1 else ""
    st.progress(share, text=f"{title(job)} {100 * share:.0f} %{more}")
    st.page_link(Path(__file__).resolve().parents[1] / "runs.py", label="See runs", icon=":material/pending_actions:")
