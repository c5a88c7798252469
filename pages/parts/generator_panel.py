"""A generator of one class: how it is trained, how that goes, and how good its images are."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.images.settings import GANS, LIVE, GanSettings
from pages.parts import charts, job_panel, outcomes, state
from pages.parts.live import live
from pages.parts.trouble import plain

if TYPE_CHECKING:
    from pathlib import Path

    from core.workspace.image_sets import KeptImageSet
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace

SIZES = (16, 32, 64, 132)
PRESET_HELP = (
    "**live**: group normalisation and an averaged generator, which were the best of those compared on tens of images. "
    "**paper**: batch normalisation, 132 px, 10,000 epochs: hours for a class without a GPU."
)
SIZE_HELP = "16 px take half a minute, 32 px a minute or two, 64 px ten, 132 px fifty without a GPU."
MEASURES = {
    "kid": "KID", "precision": "precision", "recall": "recall", "density": "density", "coverage": "coverage",
    "pair_distance": "pair distance", "near_copy_share": "near-copies",
}  # fmt: skip


def choose(kept: KeptImageSet) -> tuple[str, GanSettings]:
    """The class, and how its generator is trained."""
    name = st.selectbox("Class", list(kept.n_per_class), format_func=lambda c: f"{c} ({kept.n_per_class[c]} images)",
                        **state.private("image_class"))  # fmt: skip
    preset = state.one_of("Training", tuple(GANS), LIVE, "gan_preset", help=PRESET_HELP)
    settings = GANS[preset]
    if preset == LIVE:
        small = max(kept.height_px, kept.width_px) <= SIZES[0]
        size = st.select_slider("Size (px)", SIZES, SIZES[0] if small else SIZES[1], help=SIZE_HELP,
                                **state.shared("gan_size"))  # fmt: skip
        steps = st.slider("Steps", 100, 5_000, 1_000 if size == SIZES[0] else settings.steps, 100,
                          **state.shared("gan_steps"))  # fmt: skip
        settings = replace(settings, size=size, steps=steps)
    seed = st.number_input("Seed", 0, 2**31 - 1, 0, **state.private("gan_seed"))
    return name, replace(settings, channels=kept.channels, random_state=int(seed))


def wanted(kept: KeptImageSet, name: str, settings: GanSettings) -> dict[str, Any]:
    """The settings of the job."""
    return {"images": kept.id, "classes": [name], **asdict(settings)}


def finished(ws: Workspace, asked: dict[str, Any]) -> Job | None:
    """The newest training of these settings that went well."""
    from core.workspace import jobs

    return jobs.latest_done(ws, "gan", asked)


def start(ws: Workspace, asked: dict[str, Any], again: bool) -> None:
    """The button; a second training of the same gives the same."""
    if not again and st.button("Train generator", type="primary", width="stretch"):
        outcomes.start(ws, "gan", asked)


def show(ws: Workspace, asked: dict[str, Any], name: str) -> None:
    """The training while it runs, then what came of it."""
    job = outcomes.last(ws, "gan", asked)
    done = outcomes.finished(ws, "gan", asked)
    if done is not None:
        _trained(done, name)
    elif job is not None:
        running = job.state in job_panel.ACTIVE
        live(_growing, job, every=job_panel.REFRESH_S if running else None)


def _growing(job: Job) -> None:
    """Losses, KID and the same latents' images up to the last look."""
    from core.images.live_view import of_training
    from core.images.weakness import MOST_KID

    seen = of_training(_folder(job))
    if seen is None:
        st.markdown("The first images come after the features in which images are compared were fitted.")
        return
    st.plotly_chart(charts.gan_curves(seen.history, MOST_KID), key="gan_growing", config=charts.STILL)
    st.image(seen.sheet, caption=f"Always the same latent vectors, at step {seen.step}")


def _trained(job: Job, name: str) -> None:
    from core.images.live_view import of_training
    from core.images.weakness import MOST_KID, weakness

    assert job.result is not None
    found = job.result["classes"][name]
    if why := weakness(found["beside"]):
        st.warning(f"**This is a weak generator:** {why}. Whatever is evolved with it inherits its faults.",
                   icon=":material/warning:")  # fmt: skip
    st.plotly_chart(charts.gan_curves(found["history"], MOST_KID), key="gan_trained", config=charts.STILL)
    left, right = st.columns([1.2, 1], gap="medium")
    seen = of_training(_folder(job))
    if seen is not None:
        left.image(seen.sheet, caption=f"Synthetic {plain(name)}; kept are the weights of step {found['step']}")
    with right:
        right_aligned = dict.fromkeys(("synthetic", "held-out real"), st.column_config.TextColumn(alignment="right"))
        st.dataframe(measures(found["beside"]), hide_index=True, placeholder="–", column_config=right_aligned)
        st.markdown(
            f"Beside {found['beside']['held_out']['n']} real images that the generator never saw. KID: the lower the "
            "better. Pair distance: how far two images lie apart. Near-copies: synthetic images closer to an original "
            "than half the usual distance of two originals."
        )


def _folder(job: Job) -> Path | None:
    """Of the one class that is trained."""
    return next(iter(sorted(job.run_dir.glob("class-*"))), None)


def measures(beside: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of the measures: synthetic images, and real ones held out."""

    def written(key: str, value: float | None) -> str | None:
        if value is None:
            return None
        return f"{100 * value:.0f} %" if key == "near_copy_share" else f"{value:.2f}"

    return [
        {
            "measure": label,
            "synthetic": written(key, beside["synthetic"][key]),
            "held-out real": written(key, beside["held_out"][key]),
        }
        for key, label in MEASURES.items()
    ]
