"""Which images are worked with: chosen among the sets that are kept, or brought in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.images.settings import MIN_CLASSES, MIN_IMAGES
from core.workspace import clips, image_sets, image_sources
from pages.parts import job_panel, outcomes, shell, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.workspace.image_sets import KeptImageSet
    from core.workspace.store import Workspace

LAYOUTS = (
    "One subfolder a class, with images in it or one subfolder a person. Also read: **CIFAR-10** as published for "
    "Python (the folder `cifar-10-batches-py`), or as `train` and `test` with one subfolder a class in each; "
    "**PlantVillage** as published (of `color`, `grayscale` and `segmented` the first is taken) or as one subfolder a "
    "class. It has some 54,000 images: ask for at most 500 images of at most 10 classes, as the S3VAE paper takes."
)

IMAGE_TYPES = ["png", "jpg", "jpeg", "bmp", "tif", "tiff", "webp"]


def choose(ws: Workspace) -> KeptImageSet | None:
    """The image set in use; None where there is none yet."""
    kept = {each.id: each for each in image_sets.list_image_sets(ws)}
    coming = st.session_state.pop(state.NEXT_IMAGE_SET, None)
    if coming in kept:
        st.session_state[state.IMAGE_SET] = coming
    if st.session_state.get(state.IMAGE_SET) not in kept:
        st.session_state[state.IMAGE_SET] = next(iter(kept), None)
    chosen = st.selectbox("Images", list(kept), format_func=lambda i: described(kept[i]), placeholder="none yet",
                          **state.private(state.IMAGE_SET))  # fmt: skip
    with st.expander("Bring images in", expanded=not kept):
        _bring_in(ws)
    if chosen is None:
        return None
    for remark in kept[chosen].remarks:
        st.markdown(f"- {shell.plain(remark)}")
    return kept[chosen]


def described(kept: KeptImageSet) -> str:
    """`Digits: 10 classes, 1,797 images`."""
    simulated = "simulated " if kept.simulated else ""
    return f"{kept.name}: {len(kept.n_per_class)} classes, {kept.n_images:,} {simulated}images"


def _bring_in(ws: Workspace) -> None:
    if st.button("Handwritten digits, built in", icon=":material/dialpad:", width="stretch"):
        _take(ws, lambda: image_sources.from_digits(ws))
    measured = [clip.id for clip in clips.list_clips(ws) if clip.measured]
    if measured:
        by = image_sources.CLASS_OF_FACES
        class_of = st.segmented_control("Faces of the measured clips, by", by, default=by[0], required=True,
                                        **state.private("faces_by"))  # fmt: skip
        if st.button("Cut faces", width="stretch", icon=":material/face:"):
            outcomes.start(
                ws,
                "images",
                {"name": f"Faces by {class_of}", "clip_ids": measured, "class_of": class_of, "n_frames": 8},
            )
    _folder(ws)
    _watch(ws)
    _upload(ws)


def _folder(ws: Workspace) -> None:
    """A folder, and how much of it is read."""
    folder = st.text_input("A folder of this machine, one subfolder a class", help=LAYOUTS,
                           **state.private("image_folder")).strip()  # fmt: skip
    left, right = st.columns(2)
    most = {
        "n_per_class": left.number_input("At most images a class", MIN_IMAGES, 100_000, None, placeholder="all",
                                         help="Drawn at random, with seed 0.", **state.private("image_most")),
        "classes": right.number_input("At most classes", MIN_CLASSES, 1_000, None, placeholder="all",
                                      help="Those with the most images.", **state.private("image_classes")),
    }  # fmt: skip
    if st.button("Read the folder", width="stretch", disabled=not folder):
        outcomes.start(ws, "images", {"folder": folder} | {name: int(n) for name, n in most.items() if n is not None})


def _watch(ws: Workspace) -> None:
    """The newest reading of a folder or of clips while it runs or where it failed; its set is chosen once."""
    from core.workspace import jobs

    job = next((job for job in jobs.recent(ws) if job.kind == "images"), None)
    if job is None or job.state != jobs.DONE:  # whatever is done later was begun under these eyes
        st.session_state.setdefault(state.IMAGES_TAKEN, "")
    if job is None:
        return
    if job.state != jobs.DONE:
        job_panel.show(ws, job)
    elif job.result and st.session_state.get(state.IMAGES_TAKEN) != job.id:
        first_look = state.IMAGES_TAKEN not in st.session_state
        st.session_state[state.IMAGES_TAKEN] = job.id
        if not first_look:
            st.session_state[state.NEXT_IMAGE_SET] = job.result["image_set"]
            st.rerun()


def _upload(ws: Workspace) -> None:
    """Files of one class after another, until they are taken in together."""
    turn = st.session_state.setdefault(state.IMAGES_TURN, 0)
    waiting: list[tuple[str, str, bytes]] = st.session_state.setdefault(state.IMAGES_WAITING, [])
    label = st.text_input("Class of the next files", key=f"image_class-{turn}")
    files = st.file_uploader("Images of this class", IMAGE_TYPES, accept_multiple_files=True, key=f"image_files-{turn}")
    if st.button("Add this class", width="stretch", disabled=not (label.strip() and files)):
        waiting.extend((file.name, label.strip(), file.getvalue()) for file in files)
        st.session_state[state.IMAGES_TURN] += 1
        st.rerun()
    if not waiting:
        return
    counts: dict[str, int] = {}
    for _, name, _ in waiting:
        counts[name] = counts.get(name, 0) + 1
    st.markdown("Waiting: " + ", ".join(f"{shell.plain(name)} ({n})" for name, n in counts.items()))
    take, drop = st.columns(2)
    if take.button("Keep as a set", width="stretch"):
        _take(ws, lambda: image_sources.from_uploads(ws, " and ".join(counts), waiting))
    if drop.button("Discard", width="stretch"):
        st.session_state[state.IMAGES_WAITING] = []
        st.rerun()


def _take(ws: Workspace, bring: Callable[[], KeptImageSet]) -> None:
    """Keep what `bring` gives and choose it, or say why not."""
    try:
        with st.spinner("Reading images"):
            kept = bring()
    except UserError as error:
        shell.show_error(error)
        st.markdown("Nothing is stored.")
        return
    st.session_state[state.IMAGES_WAITING] = []
    st.session_state[state.NEXT_IMAGE_SET] = kept.id
    st.rerun()
