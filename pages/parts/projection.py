"""The map under the points: PCA at once, UMAP as soon as a worker has fitted it; the page never waits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.parts import job_panel, outcomes
from pages.parts.live import live
from pages.parts.space import SEED, Choice, Space

if TYPE_CHECKING:
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace

UMAP, PCA = "UMAP", "PCA"
AXES = {UMAP: ("UMAP 1 (no unit)", "UMAP 2 (no unit)"), PCA: ("PC 1 (sd)", "PC 2 (sd)")}
REFRESH_S = 1.0


@dataclass(frozen=True)
class Projection:
    """name: `UMAP` or `PCA`. fitted: the folder of the run that fitted it, empty for PCA, which needs none."""

    name: str
    fitted: str = ""


def project(space: Space, X_new: np.ndarray, projection: Projection) -> tuple[np.ndarray, np.ndarray]:
    """Where the rows of the space lie (n, 2), and further standardised rows X_new (m, d): (m, 2)."""
    from core.latent.projection import pca, place

    if projection.name == PCA:
        Z, Z_new = pca(space.X, X_new)
        return Z, np.zeros((0, 2)) if Z_new is None else Z_new
    fitted = _fitted(projection.fitted)
    placed = place(space.X[: space.n_labelled], fitted, np.vstack([space.X[space.n_labelled :], X_new]))
    n_unknown = len(space.X) - space.n_labelled
    return np.vstack([fitted, placed[:n_unknown]]), placed[n_unknown:]


def available(ws: Workspace, table_hash: str, choice: Choice, space: Space, wanted: str) -> Projection:
    """What is wanted, or PCA, saying so, while a worker fits UMAP: it is asked to where nobody has."""
    run_dir = _umap(ws, table_hash, choice) if wanted == UMAP else ""
    return Projection(UMAP, run_dir) if run_dir and len(_fitted(run_dir)) == space.n_labelled else Projection(PCA)


@st.cache_data(max_entries=32, scope="session", show_spinner=False)
def _fitted(run_dir: str) -> np.ndarray:
    with np.load(Path(run_dir) / "umap.npz") as stored:
        return stored["Z"]


def _umap(ws: Workspace, table_hash: str, choice: Choice) -> str:
    from core.workspace import jobs

    settings = {"table": table_hash, "emotion": choice.emotion, "features": choice.features, "random_state": SEED}
    done = jobs.latest_done(ws, "project", settings)
    if done is not None and (Path(done.run_dir) / "umap.npz").is_file():
        return str(done.run_dir)
    job = outcomes.last(ws, "project", settings)
    if job is None or job.state == "done":  # done, yet its file is gone
        job = jobs.submit(ws, "project", settings)
    _waiting(ws, job)
    return ""


def _waiting(ws: Workspace, job: Job) -> None:
    if job.state in job_panel.ACTIVE:
        st.markdown(":material/hourglass_empty: PCA is shown while a worker fits UMAP.", width="content")
        live(_watch, ws, job.id, every=REFRESH_S)
    else:
        job_panel.show(ws, job)


def _watch(ws: Workspace, job_id: str) -> None:
    from core.workspace import jobs

    if jobs.get(ws, job_id).state not in job_panel.ACTIVE:
        st.rerun()
