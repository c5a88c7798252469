"""How a VAE is trained: the method, its sampling plan, and what the paper varies."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.images.settings import S3VAE, VAES, VaeSettings
from core.variational import PER_IMAGE, PLANS
from pages.parts import state
from pages.parts.generator_panel import SIZES

if TYPE_CHECKING:
    from core.workspace.image_sets import KeptImageSet

METHOD_HELP = (
    "**S3VAE**: a Gaussian noise layer before the latent units, and many combinations of each image. **C-VAE**: the "
    "same network without either."
)
PLAN_HELP = (
    "Images of a step x combinations of each. **8x8** keeps the latent units alive. **1x64** is single-sample sampling "
    "as the paper words it: it learns more slowly, and the units often collapse. **per-image**: a network for every "
    "image, which learns it by heart; they take turns, so each gets its share of the steps. **batch**: 64 different "
    "images, the ordinary VAE."
)
SIGMA_HELP = "Standard deviation of the noise on the features. It hardly matters from 0 to 0.3: see the sweep."
K_HELP = "Weight of the KL term: the larger, the closer the latent units are held to N(0, 1), and the blurrier."
SIDES = (*SIZES, 256)
KS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
STEPS_OF_SMALL = 1_000
"""Of a VAE of 16 px."""


def choose(kept: KeptImageSet) -> dict[str, Any]:
    """The settings of the job."""
    method = state.one_of("Method", tuple(VAES), S3VAE, "vae_method", help=METHOD_HELP)
    preset = VAES[method]
    small = max(kept.height_px, kept.width_px) <= SIDES[0]
    size = st.select_slider("Size (px)", SIDES, SIDES[0] if small else SIDES[1], **state.shared("vae_size"))
    settings = replace(preset, size=size)
    if method == S3VAE:
        plan = state.one_of("Sampling plan", PLANS, preset.plan, "vae_plan", help=PLAN_HELP)
        sigma = st.slider("σ of the noise layer", 0.0, 1.0, preset.sigma, 0.05, help=SIGMA_HELP,
                          **state.shared("vae_sigma"))  # fmt: skip
        settings = replace(settings, plan=plan, sigma=sigma)
    K = st.select_slider("K", KS, preset.K, help=K_HELP, **state.shared("vae_K"))
    settings = _tuned(replace(settings, K=K))
    seed = st.number_input("Seed", 0, 2**31 - 1, 0, **state.private("vae_seed"))
    if settings.plan == PER_IMAGE:
        st.markdown(":material/warning: A network for every image learns it by heart: what it makes is a near-copy.")
    return {"images": kept.id, **asdict(replace(settings, channels=kept.channels, random_state=int(seed)))}


def _tuned(preset: VaeSettings) -> VaeSettings:
    usual = STEPS_OF_SMALL if preset.size == SIDES[0] else preset.steps
    with st.expander("More"):
        steps = st.slider("Steps at most", 100, 10_000, usual, 100, **state.shared("vae_steps"))
        n_layers = st.slider("Coding and decoding layers, L", 1, 7, preset.n_layers, **state.shared("vae_layers"))
        latent = st.slider("Latent units", 2, 128, preset.latent, **state.shared("vae_latent"))
        anneal = st.slider("KL annealing (steps)", 0, 2_000, preset.anneal_steps, 100, **state.shared("vae_anneal"))
        free = st.slider("Free bits (nats a unit)", 0.0, 1.0, preset.free_bits, 0.05, **state.shared("vae_free_bits"))
        patience = st.slider("Looks without a gain before it ends", 1, 20, preset.patience,
                             **state.shared("vae_patience"))  # fmt: skip
    return replace(
        preset, steps=steps, n_layers=n_layers, latent=latent, anneal_steps=anneal, free_bits=free, patience=patience
    )
