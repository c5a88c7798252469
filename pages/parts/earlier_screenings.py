"""Earlier screenings of the same person: whether the verdict has changed, and what it was cast on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.people import person_key

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.jobs import Job
    from core.workspace.store import Workspace

LOOKED_THROUGH = 500
"""The newest jobs; of a person screened longer ago, the page Runs knows more."""


def show(ws: Workspace, result: dict[str, Any]) -> None:
    """Nothing where the person was screened from these rows alone."""
    from core.workspace import jobs

    mine = person_key(result["person"])
    screenings = [
        job
        for job in jobs.recent(ws, LOOKED_THROUGH)
        if job.kind == "screen" and job.state == "done" and job.result and person_key(job.result["person"]) == mine
    ]
    others = [job for job in screenings if job.result and job.result["person_hash"] != result["person_hash"]]
    if not others:
        return
    with st.expander(f"Details: {len(others)} earlier or later screenings of other rows of this person"):
        st.dataframe(table(others), hide_index=True, height="content", placeholder="–")
        st.markdown("Another visit, other clips, or the same clips measured anew: a change may be any of these.")


def table(screenings: list[Job]) -> pd.DataFrame:
    """One row a screening, the newest first."""
    import pandas as pd

    rows = []
    for job in screenings:
        result = job.result or {}
        told = result.get("certainty") or {}
        probability = told.get("probability")
        rows.append(
            {
                "screened": datetime.fromtimestamp(job.finished or job.queued).strftime("%Y-%m-%d %H:%M"),
                "verdict": result["verdict"]["decision"],
                "probability of PD": None if probability is None else f"{probability:.2f}",
                "emotions for PD": _voted(result, "PD"),
                "emotions for control": _voted(result, "control"),
                "classifier": result["settings"]["classifier"],
                "rows (SHA-256)": result["person_hash"][:12],
            }
        )
    return pd.DataFrame(rows)


def _voted(result: dict[str, Any], side: str) -> int:
    return sum(vote["usable"] and vote["decision"] == side for vote in result["emotions"])
