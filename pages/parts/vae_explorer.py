"""A trained VAE at work: new images of a class, the way from one image to another, and the map of its codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import UserError
from core.images.settings import POSTERIOR, SOURCES
from core.settings import NOTICE
from core.variational import PER_IMAGE
from pages.parts import charts, shell, state
from pages.parts.live import live
from pages.parts.shell import Download

if TYPE_CHECKING:
    import numpy as np

    from core.images.prepared import Prepared
    from core.images.trained_vae import TrainedVae
    from core.workspace.jobs import Job
    from core.workspace.store import Workspace

SOURCE_HELP = (
    "**posterior**: around real images, with the noise layer. **prior**: from N(0, 1), beside no image. **mixture**: "
    "from a Gaussian mixture of the class's codes."
)


@st.cache_resource(show_spinner="Opening the network", max_entries=1)
def _opened(job_id: str, images: str, _ws: Workspace, _job: Job) -> tuple[TrainedVae, Prepared]:
    """The network of a job, and the images as it takes them."""
    from core.images.prepared import prepared
    from core.images.trained_vae import TrainedVae
    from core.images.vae_training import VAE
    from core.workspace import image_sets

    vae = TrainedVae.load(_job.run_dir / VAE)
    s = vae.settings
    return vae, prepared(image_sets.read(_ws, images), s.size, s.channels, s.random_state)


def opened(ws: Workspace, job: Job) -> tuple[TrainedVae, Prepared]:
    """The network of a finished training, kept open, and the images as it takes them."""
    return _opened(job.id, job.settings["images"], ws, job)


def new_images(ws: Workspace, job: Job) -> list[Download]:
    """Images drawn anew, as many as asked for; what of them can be exported."""
    from core.images.sheets import sheet

    assert job.result is not None
    classes = list(job.result["classes"])
    left, middle, right = st.columns(3)
    name = left.selectbox("Class", classes, **state.private("vae_class"))
    with middle:
        source = state.one_of("Latents from the", SOURCES, POSTERIOR, "vae_source", help=SOURCE_HELP)
    n = right.slider("Images", 8, 64, 24, 8, **state.shared("vae_drawn"))
    try:
        drawn = _drawn(job.id, name, source, n, ws, job)
    except UserError as error:
        shell.show_error(error)
        return []
    st.image(sheet(drawn), caption=f"Synthetic {shell.plain(name)}, from the {source}")
    return [Download(f"{n} new images as PNG files", "vae_images.zip", "application/zip",
                     lambda: _archive(ws, job, name, source, n))]  # fmt: skip


@st.cache_data(show_spinner="Drawing images", max_entries=20, scope="session")
def _drawn(job_id: str, name: str, source: str, n: int, _ws: Workspace, _job: Job) -> np.ndarray:
    return _set(_ws, _job, name, source, n).images  # type: ignore[no-any-return]


def _set(ws: Workspace, job: Job, name: str, source: str, n: int) -> Any:
    from core.images.vae_training import drawn_set

    assert job.result is not None
    vae, data = opened(ws, job)
    label = list(job.result["classes"]).index(name)
    return drawn_set(vae, data, {name: label}, n, vae.settings.random_state, source)


def _archive(ws: Workspace, job: Job, name: str, source: str, n: int) -> bytes:
    """The images as a zip of PNG files, with a manifest of what they were made with."""
    from core.workspace.png_folder import png_zip

    manifest = {"notice": NOTICE, "synthetic": True, "source": source, "settings": job.settings,
                "versions": job.versions, "inputs": job.inputs}  # fmt: skip
    return png_zip(_set(ws, job, name, source, n), manifest)


def between(ws: Workspace, job: Job) -> None:
    """A slider from one image to another, on the straight line between their codes."""
    import numpy as np

    from core.images.dataset import pixels
    from core.images.sheets import sheet
    from core.images.vae_sampling import interpolated

    vae, data = opened(ws, job)
    if vae.of_each:
        st.markdown("With a network of each image there is no space that two images share: choose another plan.")
        return
    assert job.result is not None
    classes = list(job.result["classes"])
    picked = []
    for column, which, usual in zip(st.columns(2), ("from", "to"), (0, 1), strict=True):
        with column:
            name = st.selectbox(f"Class {which}", classes, usual, **state.private(f"vae_{which}_class"))
            label = classes.index(name)
            own = data.held_out_of(label)
            number = st.number_input(f"Image {which} (1 to {len(own)}, held out)", 1, len(own), 1,
                                     **state.private(f"vae_{which}_image"))  # fmt: skip
            picked.append((own[int(number) - 1], label))
    (first, one), (second, other) = picked
    live(_slid, vae, np.stack([first, second]), (one, other))
    path = interpolated(vae, np.stack([first, second]), (one, other), np.linspace(0, 1, 9))
    st.image(sheet(pixels(path), 9), caption="The whole way in nine steps; the class told is the nearer one")


def _slid(vae: TrainedVae, pair: np.ndarray, labels: tuple[int, int]) -> None:
    """Each move of the slider decodes one image."""
    import numpy as np

    from core.images.dataset import pixels
    from core.images.sheets import sheet
    from core.images.vae_sampling import interpolated

    share = st.slider("How far from the first to the second", 0.0, 1.0, 0.5, 0.02, **state.private("vae_share"))
    middle = interpolated(vae, pair, labels, np.array([share]))[0]
    shown = {"the first image": pair[0], f"{100 * share:.0f} % of the way": middle, "the second image": pair[1]}
    for column, (caption, image) in zip(st.columns(len(shown)), shown.items(), strict=True):
        column.image(sheet(pixels(image[None])), caption=caption, width=200)


def latent_map(job: Job) -> None:
    """Where the images lie in the latent space, by class."""
    import numpy as np

    from core.workspace.vae_tasks import MAP

    path = job.run_dir / MAP
    if not path.is_file():
        shared = job.settings["plan"] != PER_IMAGE
        st.markdown("The map is gone: train again." if shared else
                    "With a network of each image there is no space that they share, and so no map.")  # fmt: skip
        return
    assert job.result is not None
    with np.load(path, allow_pickle=False) as kept:
        figure = charts.codes_map(kept["Z"], kept["labels"], list(job.result["classes"]))
    st.plotly_chart(figure, key="vae_map", config=charts.STILL)
    st.markdown("Codes are the posterior means. The class is told to the network, so that codes need not part by it.")
