"""Runs: every job with its progress, log, settings and result; cancel and retry."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import streamlit as st

from core.workspace import jobs
from pages.parts import job_panel, shell

if TYPE_CHECKING:
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace


def overview() -> str:
    """The jobs as CSV."""
    return frame(everything).to_csv(index=False)


def about(job: Job) -> str:
    """Which person, emotion, clips or method a job is about, so that jobs of one kind can be told apart."""
    asked = job.settings
    if "person" in asked:
        return f"{asked['person']}, {asked['classifier']}"
    if "classifiers" in asked:
        return f"{', '.join(asked['methods']) or 'no method'}; {', '.join(asked['classifiers'])}"
    if "arms" in asked:
        return ", ".join(asked["arms"])
    if "classes" in asked:
        return ", ".join(asked["classes"])
    if "class" in asked:
        return asked["class"]
    if "classifier" in asked:
        return f"{asked['method']}, {asked['classifier']}"
    if "emotion" in asked:
        return f"{asked['emotion']}, {asked['features']}"
    return f"{len(asked.get('clip_ids', ()))} clips"


def frame(rows: list[Job]):
    """The jobs as a table, newest first."""
    import pandas as pd

    def took(job: Job) -> str:
        if job.started is None:
            return "–"
        return job_panel.duration((job.finished or time.time()) - job.started)

    return pd.DataFrame(
        {
            "Work": [job_panel.title(job) for job in rows],
            "Of": [about(job) for job in rows],
            "State": [job_panel.STATES[job.state][0] for job in rows],
            "Started": pd.to_datetime([job.started for job in rows], unit="s", utc=True),
            "Took": [took(job) for job in rows],
            "Message": [job.error or job.message for job in rows],
        }
    )


def show(ws: Workspace, everything: list[Job]) -> None:
    """What runs, every job in a table, and the chosen one closely."""
    for job in jobs.active(ws):
        job_panel.show(ws, job)

    picked = st.dataframe(
        frame(everything),
        key="runs",
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        hide_index=True,
        column_config={
            "Started": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", timezone=st.context.timezone),
            "Message": st.column_config.TextColumn(width="large"),
        },
    )
    job = everything[min(picked.selection.rows[0] if picked.selection.rows else 0, len(everything) - 1)]
    if job.state not in job_panel.ACTIVE:
        job_panel.show(ws, job)
    asked, result = st.columns(2, gap="medium")
    with asked:
        st.markdown("**Settings, inputs and versions**")
        st.json({"settings": job.settings, "inputs": job.inputs, "versions": job.versions}, expanded=1)
    with result:
        st.markdown("**Result**")
        if job.result is None:
            st.markdown("None yet." if job.state in job_panel.ACTIVE else "None: the work did not finish.")
        else:
            record = {
                "id": job.id,
                "kind": job.kind,
                "settings": job.settings,
                "inputs": job.inputs,
                "versions": job.versions,
                "result": job.result,
            }
            st.download_button(
                "Download as JSON",
                json.dumps(record, indent=2, ensure_ascii=False),
                f"{job.kind}-{job.id}.json",
                "application/json",
                icon=":material/download:",
                on_click="ignore",
            )
            st.json(job.result, expanded=1)


ws = shell.guard()
everything = jobs.recent(ws)
shell.header(
    "Runs",
    "Every piece of long work: where it stands, what it was asked, what came out. It goes on when this page is closed.",
    terms=("job",),
    export=[shell.Download("Runs as CSV", "runs.csv", "text/csv", overview)] if everything else None,
)
if not everything:
    shell.empty(
        "Nothing has run yet",
        "Measuring clips, mapping the AU space, validating and screening leave a record here.",
        "clips",
        "Measure clips",
    )
else:
    show(ws, everything)
