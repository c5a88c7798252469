"""What an augmentation study compares, and how thoroughly."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.images.settings import ARMS, GAN_LIVE, LIVE, NETWORKS, ORIGINAL, STUDIES, StudySettings
from pages.parts import state
from pages.parts.generator_panel import SIZES

if TYPE_CHECKING:
    from core.workspace.image_sets import KeptImageSet

PRESET_HELP = (
    "**live**: the first four classes, 16 or 32 px, 100 epochs: minutes for the digits. **paper**: every class, "
    "132 px, 250 epochs: for a GPU."
)
FEW_STEPS = 600
"""Of a generator of 16 px."""


def choose(kept: KeptImageSet) -> dict[str, Any] | None:
    """The settings of the job; None where nothing is left to compare."""
    preset = state.one_of("Study", tuple(STUDIES), LIVE, "study_preset", help=PRESET_HELP)
    small = max(kept.height_px, kept.width_px) <= SIZES[0]
    settings = STUDIES[preset]
    if preset == LIVE:
        settings = replace(settings, size_px=SIZES[0] if small else SIZES[1])
    steps = FEW_STEPS if small else GAN_LIVE.steps
    added = [arm for arm in ARMS if arm != ORIGINAL]
    arms = st.multiselect("Compared with the originals alone", added, added, **state.shared("study_arms"))
    if preset == LIVE:
        settings = _tuned(settings)
    seed = st.number_input("Seed", 0, 2**31 - 1, 0, **state.private("study_seed"))
    if not arms:
        st.markdown("Choose something to compare with.")
        return None
    fewest = min(kept.n_per_class.values())
    settings = replace(
        settings, arms=tuple(arm for arm in ARMS if arm == ORIGINAL or arm in arms), channels=kept.channels,
        n_train=min(settings.n_train, max(5, fewest * 3 // 4)), random_state=int(seed),
    )  # fmt: skip
    return {"images": kept.id, "gan_steps": steps, **asdict(settings)}


def _tuned(settings: StudySettings) -> StudySettings:
    network = state.one_of("Classifier", NETWORKS, settings.network, "study_network")
    with st.expander("More"):
        epochs = st.slider("Epochs", 5, 250, settings.epochs, 5, **state.shared("study_epochs"))
        seeds = st.slider("Seeds", 2, 10, settings.n_seeds, **state.shared("study_seeds"))
        folds = st.slider("Folds", 2, 5, settings.n_folds, **state.shared("study_folds"))
        n_train = st.slider("Images of a class to train on", 5, 100, settings.n_train, **state.shared("study_n_train"))
    return replace(settings, network=network, epochs=epochs, n_seeds=seeds, n_folds=folds, n_train=n_train)
