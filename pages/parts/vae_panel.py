"""A VAE while it trains, and what came of it: curves, active units, reconstructions, measures, files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.settings import NOTICE
from core.variational import PER_IMAGE, fewest_active
from pages.parts import charts, job_panel, outcomes
from pages.parts.generator_panel import measures
from pages.parts.live import live
from pages.parts.shell import Download

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.images.vae_view import VaeView
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace

CAPTIONS = {
    "reconstructed": "What their codes are decoded to at step {step}",
    "drawn": "One new image drawn around each, with noise",
}


def start(ws: Workspace, asked: dict[str, Any], again: bool) -> None:
    """The button; a second training of the same gives the same."""
    if not again and st.button("Train", type="primary", width="stretch"):
        outcomes.start(ws, "vae", asked)


def finished(ws: Workspace, asked: dict[str, Any]) -> Job | None:
    """The newest training of these settings that went well."""
    from core.workspace import jobs

    return jobs.latest_done(ws, "vae", asked)


def show(ws: Workspace, asked: dict[str, Any]) -> None:
    """The training while it runs, then what came of it."""
    job = outcomes.last(ws, "vae", asked)
    done = outcomes.finished(ws, "vae", asked)
    if done is not None:
        _trained(done)
    elif job is not None:
        running = job.state in job_panel.ACTIVE
        live(_growing, job, every=job_panel.REFRESH_S if running else None)


def _growing(job: Job) -> None:
    from core.images.vae_view import of_vae

    seen = of_vae(job.run_dir)
    if seen is None:
        st.markdown("The first images come after the first look.")
        return
    _curves(job, seen.history, "vae_growing")
    _sheets(seen, job.settings["plan"] == PER_IMAGE)


def _curves(job: Job, history: Mapping[str, list[float]], key: str) -> None:
    figure = charts.vae_curves(history, fewest_active(job.settings["latent"]))
    st.plotly_chart(figure, key=key, config=charts.STILL)


def _trained(job: Job) -> None:
    from core.images.vae_view import of_vae
    from core.images.vae_words import training_words

    result = job.result
    assert result is not None
    if result["collapsed"]:
        st.warning(result["collapsed"], icon=":material/warning:")
    headline, rest = training_words(result)
    st.markdown(f"**{headline}.** {rest}")
    _curves(job, result["history"], "vae_trained")
    seen = of_vae(job.run_dir)
    if seen is not None:
        _sheets(seen, job.settings["plan"] == PER_IMAGE)
    left, right = st.columns(2, gap="medium")
    with left:
        best = result["history"]["step"].index(result["step"])
        st.plotly_chart(charts.unit_kl(result["history"]["kl_per_unit"][best]), key="vae_units", config=charts.STILL)
    with right:
        name = st.selectbox("Measures of the class", list(result["classes"]), key="vae_measured")
        aligned = dict.fromkeys(("synthetic", "held-out real"), st.column_config.TextColumn(alignment="right"))
        st.dataframe(measures(result["classes"][name]["beside"]), hide_index=True, placeholder="–",
                     column_config=aligned)  # fmt: skip
    st.markdown(
        f"Trained on {result['n_train']} images, judged on {result['n_held_out']} that were held out. KID: the lower "
        "the better. Near-copies: new images closer to an original than half the usual distance of two originals."
    )


def _sheets(seen: VaeView, of_each: bool) -> None:
    which = "Trained" if of_each else "Held-out"
    for column, (name, sheet) in zip(st.columns(len(seen.sheets)), seen.sheets.items(), strict=True):
        caption = f"{which} originals" if name == "originals" else CAPTIONS[name].format(step=seen.step)
        column.image(sheet, caption=caption, width="stretch")


def exports(job: Job) -> list[Download]:
    """The training as JSON, its measures as CSV, what the page shows as a picture."""
    result = job.result or {}
    made_with = {"settings": job.settings, "versions": job.versions, "inputs": job.inputs}
    return [
        Download("Training as JSON", "vae.json", "application/json",
                 lambda: json.dumps({"notice": NOTICE, **made_with, **result}, indent=2)),
        Download("Measures as CSV", "vae.csv", "text/csv", lambda: measures_csv(result)),
    ]  # fmt: skip


def measures_csv(result: dict[str, Any]) -> str:
    """A row a class and kind of image, with the notice in a column."""
    import pandas as pd

    rows = [
        {"class": name, "images": kind, **{key: value for key, value in told["beside"][kind].items()
                                           if key != "reasons"}, "notice": NOTICE}
        for name, told in result["classes"].items()
        for kind in ("synthetic", "held_out")
    ]  # fmt: skip
    return pd.DataFrame(rows).to_csv(index=False)
