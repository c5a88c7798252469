"""The sweep of σ and K: a small training for each pair."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.settings import NOTICE
from core.variational import PER_IMAGE
from pages.parts import charts, outcomes
from pages.parts.shell import Download

if TYPE_CHECKING:
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace

COLUMNS = {
    "sigma": ("σ", "g"), "K": ("K", "g"), "step": ("step kept", ".0f"), "n_active": ("active units", ".0f"),
    "reconstruction": ("squared error, held out", ".2f"), "kid": ("KID", ".2f"), "precision": ("precision", ".2f"),
    "recall": ("recall", ".2f"), "pair_distance": ("pair distance", ".2f"), "near_copy_share": ("near-copies", ".0%"),
}  # fmt: skip


def show(ws: Workspace, asked: dict[str, Any]) -> list[Download]:
    """Asked for, running or done; what of it can be exported."""
    if asked["plan"] == PER_IMAGE:
        st.markdown("A network for every image has no held-out loss to compare: choose another sampling plan.")
        return []
    done = outcomes.finished(ws, "vae_sweep", asked)
    if done is None:
        st.markdown("Nine trainings with the settings beside, of which only σ (0, 0.1, 0.3) and K (0.01, 0.1, 1) vary.")
        if outcomes.last(ws, "vae_sweep", asked) is None and st.button("Sweep σ and K"):
            outcomes.start(ws, "vae_sweep", asked)
        return []
    _found(done)
    return _exports(done)


def _found(job: Job) -> None:
    from core.images.vae_words import sweep_words

    assert job.result is not None
    st.markdown(sweep_words(job.result))
    st.plotly_chart(charts.sweep_lines(job.result["rows"]), key="vae_sweep", config=charts.STILL)
    st.dataframe(table(job.result), hide_index=True, placeholder="–",
                 column_config=dict.fromkeys([label for label, _ in COLUMNS.values()],
                                             st.column_config.TextColumn(alignment="right")))  # fmt: skip


def table(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a training, and the same measures of real images that were held out in the last."""
    rows = [*result["rows"], {"sigma": "real", **result["held_out"]}]
    return [
        {
            label: _written(row.get(name), how)
            for name, (label, how) in COLUMNS.items()
        }
        for row in rows
    ]  # fmt: skip


def _written(value: Any, how: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return format(value, how).replace("%", " %")


def _exports(job: Job) -> list[Download]:
    from core.images.vae_sweep import sweep_csv

    result = job.result or {}
    return [
        Download("Sweep as CSV", "vae_sweep.csv", "text/csv", lambda: sweep_csv(result)),
        Download("Sweep as JSON", "vae_sweep.json", "application/json",
                 lambda: json.dumps({"notice": NOTICE, **result}, indent=2)),
    ]  # fmt: skip
