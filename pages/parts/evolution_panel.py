"""The supervisor: a set of images evolved with a trained generator, watched, judged and kept."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.images.settings import EVOLUTIONS, LIVE, SIMILARITIES, EvolutionSettings
from core.settings import NOTICE, OPERATORS
from pages.parts import charts, job_panel, outcomes, state
from pages.parts.live import live
from pages.parts.shell import Download

if TYPE_CHECKING:
    import numpy as np

    from core.workspace.jobs import Job
    from core.workspace.store import Workspace

PRESET_HELP = (
    "**live**: whole latent vectors are crossed, 150 generations, with the class gate. **paper**: its Table 3, single "
    "numbers are crossed, 500 generations, without a gate."
)
SIMILARITY_HELP = (
    "How alike an image is to the mean of the set and the originals. **ncc**: normalised cross-correlation. **zncc**: "
    "the same after taking out the mean brightness, which spreads sets better. **eq4**: equation 4 as printed, "
    "which is a distance; its direction is put right here."
)
GATE_HELP = "Images that a classifier is not sure of count as alike: without it the most different are the spoilt ones."
WHICH = {"random": "random set", "first": "best of the first generation", "evolved": "evolved set"}


def choose(job: Job, name: str) -> dict[str, Any]:
    """How a set is evolved: the settings of the job."""
    preset = state.one_of("Search", tuple(EVOLUTIONS), LIVE, "evolve_preset", help=PRESET_HELP)
    settings = EVOLUTIONS[preset]
    if preset == LIVE:
        settings = _tuned(settings)
    seed = st.number_input("Seed of the search", 0, 2**31 - 1, 0, **state.private("evolve_seed"))
    latent = job.settings["latent"]
    return {"gan": job.id, "images": job.settings["images"], "class": name, "random_state": int(seed),
            **asdict(replace(settings, latent=latent))}  # fmt: skip


def _tuned(preset: EvolutionSettings) -> EvolutionSettings:
    similarity = state.one_of("Similarity", SIMILARITIES, preset.similarity, "evolve_similarity", help=SIMILARITY_HELP)
    operators = state.one_of("What is crossed", OPERATORS, preset.operators, "evolve_operators")
    n_images = st.slider("Images of the set", 4, 64, preset.n_images, **state.shared("evolve_images"))
    population = st.slider("Population", 4, 60, preset.population, **state.shared("evolve_population"))
    generations = st.slider("Generations", 10, 500, preset.generations, 10, **state.shared("evolve_generations"))
    with st.expander("More"):
        crossover = st.slider("Crossover", 0.0, 1.0, preset.crossover, 0.05, **state.shared("evolve_crossover"))
        mutation = st.slider(
            "Mutation", 0.0, 0.2, preset.mutation, 0.005, format="%.3f", **state.shared("evolve_mutation")
        )
        gate = st.toggle("Class gate", preset.gate, help=GATE_HELP, **state.shared("evolve_gate"))
    return replace(
        preset, similarity=similarity, operators=operators, n_images=n_images, population=population,
        generations=generations, crossover=crossover, mutation=mutation, gate=gate,
    )  # fmt: skip


def start(ws: Workspace, asked: dict[str, Any]) -> None:
    """The button."""
    if st.button("Evolve", type="primary", width="stretch"):
        outcomes.start(ws, "evolve", asked)


def show(ws: Workspace, asked: dict[str, Any]) -> Job | None:
    """The search while it runs, then what came of it; the finished job."""
    job = outcomes.last(ws, "evolve", asked)
    done = outcomes.finished(ws, "evolve", asked)
    if done is not None:
        _found(done)
    elif job is not None:
        running = job.state in job_panel.ACTIVE
        live(_searching, job, every=job_panel.REFRESH_S if running else None)
    return done


def _searching(job: Job) -> None:
    from core.images.live_view import of_search

    seen = of_search(job.run_dir)
    if seen is not None:
        st.plotly_chart(charts.evolution_curves(seen.history), key="evolution_running", config=charts.STILL)
        _side_by_side(seen.sheets)


def _found(job: Job) -> None:
    from core.images.dataset import pixels
    from core.images.evolution_words import search_words
    from core.images.live_view import sets_of
    from core.images.sheets import sheet

    result = job.result
    assert result is not None
    headline, rest = search_words(result)
    st.markdown(f"**{headline}.** {rest}")
    st.plotly_chart(charts.evolution_curves(result["history"]), key="evolution_done", config=charts.STILL)
    sets = sets_of(job.run_dir)
    _side_by_side({which: sheet(pixels(sets[f"{which}.images"])) for which in ("first", "evolved")})
    right = st.column_config.TextColumn(alignment="right")
    columns = ("distance of two images", "sure of the class", "KID", "near-copies")
    st.dataframe(measures(result), hide_index=True, column_config=dict.fromkeys(columns, right))
    _keep(job)
    with st.expander("Where the latent vectors lie"):
        st.plotly_chart(charts.latent_sets(*_map(job)), key="latent_sets", config=charts.STILL)


def _keep(job: Job) -> None:
    """The set as PNG files with a manifest in the workspace, where other programs can take it from."""
    from core.workspace.image_tasks import keep_set, kept_set

    place = kept_set(job.run_dir)
    if place is not None:
        st.success(f"The set is kept as PNG files with a manifest: `{place}`", icon=":material/folder:")
    elif st.button("Keep the set", icon=":material/save:"):
        keep_set(job.run_dir, job.settings["class"], made_with(job))
        st.rerun()


def made_with(job: Job) -> dict[str, Any]:
    """What a set was made with: settings with its seed, versions, hashes of what went in."""
    return {"settings": job.settings, "versions": job.versions, "inputs": job.inputs}


def _map(job: Job) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    from core.workspace.image_tasks import MAP

    with np.load(job.run_dir / MAP, allow_pickle=False) as kept:
        return kept["Z"], kept["which"]


def _side_by_side(sheets: dict[str, Any]) -> None:
    for column, (which, sheet) in zip(st.columns(len(sheets)), sheets.items(), strict=True):
        column.image(sheet, caption=WHICH[which])


def measures(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a set."""
    return [
        {
            "set": label,
            "distance of two images": f"{result[which]['pair_distance']:.2f}",
            "sure of the class": f"{100 * result[which]['class_probability']:.0f} %",
            "KID": f"{result[which]['kid']:.2f}",
            "near-copies": f"{100 * result[which]['near_copy_share']:.0f} %",
        }
        for which, label in WHICH.items()
    ]


def exports(job: Job) -> list[Download]:
    """The search as JSON, its evolved set as PNG files with a manifest."""
    from core.workspace.image_tasks import png_archive

    return [
        Download("Search as JSON", "evolution.json", "application/json",
                 lambda: json.dumps({"notice": NOTICE, **made_with(job), **(job.result or {})}, indent=2)),
        Download("Evolved set as PNG files", "evolved_set.zip", "application/zip",
                 lambda: png_archive(job.run_dir, job.settings["class"], made_with(job))),
    ]  # fmt: skip
