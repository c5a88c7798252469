"""The map under the points: PCA at once, UMAP as soon as a worker has fitted it; the page never waits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.parts import job_panel, outcomes
from pages.parts.space import SEED, Choice, Space
from pages.parts.trouble import told

if TYPE_CHECKING:
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace

UMAP, PCA = "UMAP", "PCA"
AXES = {UMAP: ("UMAP 1 (no unit)", "UMAP 2 (no unit)"), PCA: ("PC 1 (sd)", "PC 2 (sd)")}
REFRESH_S = 1.0


@st.cache_data(max_entries=32, scope="session", show_spinner=False)
def _fitted(run_dir: str) -> np.ndarray:
    with np.load(Path(run_dir) / "umap.npz") as stored:
        return stored["Z"]


def positions(ws: Workspace, table_hash: str, choice: Choice, space: Space, X_new: np.ndarray, wanted: str
              ) -> tuple[np.ndarray, np.ndarray, str]:  # fmt: skip
    """Z (n, 2) of the space's rows, Z of `X_new`, and which map it is. Asks a worker for UMAP where there is none."""
    from core.latent.projection import pca, place

    if wanted == UMAP:
        fitted = _umap(ws, table_hash, choice)
        if fitted is not None and len(fitted) == space.n_labelled:
            labelled = space.X[: space.n_labelled]
            rest = np.vstack([space.X[space.n_labelled :], X_new])
            placed = place(labelled, fitted, rest)
            n_unknown = len(space.X) - space.n_labelled
            return np.vstack([fitted, placed[:n_unknown]]), placed[n_unknown:], UMAP
    Z, Z_new = pca(space.X, X_new)
    return Z, Z_new, PCA


def _umap(ws: Workspace, table_hash: str, choice: Choice) -> np.ndarray | None:
    from core.workspace import jobs

    settings = {"table": table_hash, "emotion": choice.emotion, "features": choice.features, "random_state": SEED}
    done = jobs.latest_done(ws, "project", settings)
    if done is not None and (Path(done.run_dir) / "umap.npz").is_file():
        return _fitted(str(done.run_dir))
    job = outcomes.last(ws, "project", settings)
    if job is None or job.state == "done":  # done, yet its file is gone
        job = jobs.submit(ws, "project", settings)
    _waiting(ws, job)
    return None


def _waiting(ws: Workspace, job: Job) -> None:
    if job.state in job_panel.ACTIVE:
        st.markdown(":material/hourglass_empty: PCA is shown while a worker fits UMAP.", width="content")
        st.fragment(told()(_watch), run_every=REFRESH_S)(ws, job.id)
    else:
        job_panel.show(ws, job)


def _watch(ws: Workspace, job_id: str) -> None:
    from core.workspace import jobs

    if jobs.get(ws, job_id).state not in job_panel.ACTIVE:
        st.rerun()
