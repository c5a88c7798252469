"""Jobs as a page sees them: start one, watch it, read the latest result of exactly these settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import UserError
from pages.parts import job_panel, shell

if TYPE_CHECKING:
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace


def start(ws: Workspace, kind: str, settings: dict[str, Any]) -> None:
    """Submit a job; the same one twice is one job."""
    from core.workspace import jobs

    try:
        jobs.submit(ws, kind, settings, title=job_panel.TITLES[kind])
    except UserError as error:
        shell.show_error(error)
    else:
        st.rerun()


def last(ws: Workspace, kind: str, settings: dict[str, Any]) -> Job | None:
    """The newest job of these settings, whatever became of it."""
    from core.workspace import jobs

    wanted = json.loads(json.dumps(settings))
    return next((job for job in jobs.recent(ws) if job.kind == kind and job.settings == wanted), None)


def finished(ws: Workspace, kind: str, settings: dict[str, Any]) -> Job | None:
    """Show the newest job of these settings unless it went well; return the newest that did, for its result."""
    from core.workspace import jobs

    newest = last(ws, kind, settings)
    if newest is not None and newest.state != "done":
        job_panel.show(ws, newest)
    return jobs.latest_done(ws, kind, settings)
