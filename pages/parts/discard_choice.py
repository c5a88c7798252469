"""What a discard study takes away, how it is refilled, and how thoroughly that is judged."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.images.published_discards import per_cent
from core.images.settings import (
    DISCARD,
    DISCARD_ARMS,
    DISCARD_PAPER,
    DISCARDS,
    FULL,
    LIVE,
    NETWORK_SIDES_PX,
    NETWORKS,
    REFILLED,
    DiscardSettings,
)
from pages.parts import state
from pages.parts.generator_panel import SIZES

if TYPE_CHECKING:
    from core.workspace.image_sets import KeptImageSet

PRESET_HELP = (
    "**live**: the first ten classes, 16 or 32 px, Adam: minutes for the digits. **paper**: every class, 256 px, "
    "ResNet-18, SGD with a learning rate of 0.0001: for a GPU."
)
CHOSEN, EACH = "discard_class", "each class"
RATES = {per_cent(rate, " "): rate for rate in DISCARD_PAPER.rates}
SIGMA_HELP = "Spread of the noise layer of the S3VAE, in standard deviations. From 0 to 0.3 it hardly matters."


def choose(kept: KeptImageSet) -> dict[str, Any] | None:
    """The settings of the job; None where no rate is chosen."""
    preset = state.one_of("Study", tuple(DISCARDS), LIVE, "discard_preset", help=PRESET_HELP)
    settings = DISCARDS[preset]
    classes = list(kept.n_per_class)[: settings.classes]
    options = [*classes, EACH]
    if st.session_state.get(CHOSEN, EACH) not in options:  # a class of another image set
        del st.session_state[CHOSEN]
    name = st.selectbox("Discard images of", options, **state.private(CHOSEN))
    usual = [told for told, rate in RATES.items() if rate in settings.rates]
    rates = st.multiselect("Discarded", list(RATES), usual, **state.shared(f"discard_rates_{preset}"))
    arms = st.multiselect("Refilled by", REFILLED, REFILLED, **state.shared("discard_arms"))
    if preset == LIVE:
        small = max(kept.height_px, kept.width_px) <= SIZES[0]
        settings = _tuned(replace(settings, size_px=SIZES[0] if small else SIZES[1]))
    seed = st.number_input("Seed", 0, 2**31 - 1, 0, **state.private("discard_seed"))
    if not rates:
        st.markdown("Choose how much is discarded.")
        return None
    fewest = min(kept.n_per_class.values())
    settings = replace(
        settings, rates=tuple(rate for told, rate in RATES.items() if told in rates),
        discarded=None if name == EACH else classes.index(name),
        arms=tuple(arm for arm in DISCARD_ARMS if arm in (FULL, DISCARD, *arms)), channels=kept.channels,
        n_train=min(settings.n_train, max(5, fewest * 3 // 4)), random_state=int(seed),
    )  # fmt: skip
    return {"images": kept.id, **asdict(settings)}


def _tuned(settings: DiscardSettings) -> DiscardSettings:
    network = state.one_of("Classifier", NETWORKS, settings.network, "discard_network")
    with st.expander("More"):
        epochs = st.slider("Epochs, at most", 5, 250, settings.epochs, 5, **state.shared("discard_epochs"))
        repeats = st.slider("Repeats", 2, 10, settings.n_repeats, **state.shared("discard_repeats"))
        n_train = st.slider("Images of a class to train on", 5, 200, settings.n_train,
                            **state.shared("discard_n_train"))  # fmt: skip
        steps = st.slider("Steps of a VAE, at most", 100, 4_000, settings.vae_steps, 100,
                          **state.shared("discard_vae_steps"))  # fmt: skip
        layers = st.slider("L: layers of a VAE, each way", 1, 7, settings.n_layers, **state.shared("discard_layers"))
        weight = st.slider("K: weight of the KL term", 0.0, 1.0, settings.K, 0.05, **state.shared("discard_kl"))
        sigma = st.slider("σ: noise", 0.0, 1.0, settings.sigma, 0.05, help=SIGMA_HELP, **state.shared("discard_sigma"))
    return replace(
        settings, network=network, size_px=max(settings.size_px, NETWORK_SIDES_PX[network][0]), epochs=epochs,
        n_repeats=repeats, n_train=n_train, vae_steps=steps, n_layers=layers, K=weight, sigma=sigma,
    )  # fmt: skip
