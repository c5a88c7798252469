"""Evolve images: a generator for a class of few images, and sets evolved in its latent space."""

from __future__ import annotations

import streamlit as st

from pages.parts import evolution_panel, generator_panel, image_choice, image_gallery, shell


def explain() -> None:
    """What will come, before there are images."""
    st.markdown(
        "**Few images of a class become more.** A generator learns to make images of one class; a genetic algorithm "
        "then searches its latent space for a set whose images differ as much as they can while a classifier still "
        "takes them for their class. The handwritten digits, which are built in, show all of it in a minute."
    )


def main() -> None:
    ws = shell.guard()
    top = st.container()
    export: list[shell.Download] = []
    left, right = shell.workbench()
    with left:
        kept = image_choice.choose(ws)
        if kept is not None:
            name, gan = generator_panel.choose(kept)
            asked = generator_panel.wanted(kept, name, gan)
            trained = generator_panel.finished(ws, asked)
            generator_panel.start(ws, asked, again=trained is not None)
            if trained is not None:
                search = evolution_panel.choose(trained, name)
                evolution_panel.start(ws, search)
    with right:
        if kept is None:
            explain()
        else:
            image_gallery.show(ws, kept, name)
            if trained is not None:
                found = evolution_panel.show(ws, search)
                export = evolution_panel.exports(found) if found else []
            generator_panel.show(ws, asked, name)
    with top:
        shell.header("Evolve images", "A generator for a class of few images, and sets evolved in its latent space.",
                     terms=("DCGAN", "latent vector", "KID", "class gate", "genetic algorithm"),
                     export=export or None)  # fmt: skip


main()
