"""S3VAE: a VAE of all classes, what it has learnt, what it makes, and what its settings change."""

from __future__ import annotations

import streamlit as st

from pages.parts import image_choice, shell, state, vae_choice, vae_explorer, vae_panel, vae_sweep

TRAINING, NEW, BETWEEN, MAP, SWEEP = "Training", "New images", "Between two images", "Latent map", "Sweep of σ and K"
VIEWS = (TRAINING, NEW, BETWEEN, MAP, SWEEP)


def explain() -> None:
    """What will come, before anything was trained."""
    st.markdown(
        "**One network for all classes.** A VAE codes images as points of a small latent space and decodes points to "
        "images. The S3VAE puts noise on what it codes, and learns from many combinations of single images; the C-VAE, "
        "with which the paper compares it, does neither. Whether its images help a classifier is asked on the page "
        "Studies."
    )


def main() -> None:
    ws = shell.guard()
    top = st.container()
    export: list[shell.Download] = []
    left, right = shell.workbench()
    with left:
        kept = image_choice.choose(ws)
        asked = vae_choice.choose(kept) if kept is not None else None
        trained = vae_panel.finished(ws, asked) if asked is not None else None
        if asked is not None:
            vae_panel.start(ws, asked, again=trained is not None)
    with right:
        view = state.one_of("View", VIEWS, TRAINING, "vae_view", label_visibility="collapsed")
        if asked is None:
            explain()
        elif view == SWEEP:
            export = vae_sweep.show(ws, asked)
        elif trained is None:
            if view == TRAINING:
                explain()
            else:
                st.markdown("Train the network first: this shows what it has learnt.")
            vae_panel.show(ws, asked)
        else:
            export = vae_panel.exports(trained)
            if view == NEW:
                export = [*vae_explorer.new_images(ws, trained), *export]
            elif view == BETWEEN:
                vae_explorer.between(ws, trained)
            elif view == MAP:
                vae_explorer.latent_map(trained)
            else:
                vae_panel.show(ws, asked)
    with top:
        shell.header("S3VAE", "A VAE of all classes, with noise and single-sample sampling, and what it makes.",
                     terms=("VAE", "S3VAE", "sampling plan", "latent unit", "posterior collapse", "KID"),
                     export=export or None)  # fmt: skip


main()
