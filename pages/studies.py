"""Studies: whether more images of a class help to tell classes apart, and whether synthetic ones replace lost ones."""

from __future__ import annotations

from types import ModuleType
from typing import Any, NamedTuple

import streamlit as st

from pages.parts import (
    discard_choice,
    discard_report,
    image_choice,
    outcomes,
    shell,
    state,
    study_choice,
    study_report,
)


class Study(NamedTuple):
    """One of the studies: the kind of its job, who asks for it and who shows it, what it is about."""

    kind: str
    choice: ModuleType
    report: ModuleType
    explained: str
    terms: tuple[str, ...]


STUDIES = {
    "Augmentation": Study(
        "study", study_choice, study_report,
        "**Does it help?** The same classifier is trained on the originals alone, with a random set of a generator's "
        "images, with an evolved set, with flipped, shifted and turned originals, and with plain copies; each with "
        "several seeds, on the same folds. All are judged on images that nobody trained on. A method that does not do "
        "better than copies or turning does not help.",
        ("DCGAN", "genetic algorithm", "class gate", "classic augmentation", "interval"),
    ),
    "Discard": Study(
        "discard", discard_choice, discard_report,
        "**Does it replace what is lost?** Most images of a class are discarded at random, and the class is refilled "
        "to its old size: by an S3VAE or a C-VAE trained on what is left, by flipped, shifted and turned images, or by "
        "plain copies. The same classifier is trained on each, and on all images, several times with other discards. "
        "All are judged on images that nobody trained on.",
        ("VAE", "S3VAE", "classic augmentation", "F1.5", "interval"),
    ),
}  # fmt: skip


def main() -> None:
    ws = shell.guard()
    top = st.container()
    study = STUDIES[state.one_of("Kind of study", tuple(STUDIES), "Augmentation", "study_kind")]
    result: dict[str, Any] | None = None
    left, right = shell.workbench()
    with left:
        kept = image_choice.choose(ws)
        asked = study.choice.choose(kept) if kept is not None else None
        start = kept is not None and st.button("Run", type="primary", width="stretch", disabled=asked is None)
    with right:
        if asked is None:
            st.markdown(study.explained)
        else:
            if start:
                outcomes.start(ws, study.kind, asked)
            done = outcomes.finished(ws, study.kind, asked)
            if done is None:
                st.markdown(study.explained)
            else:
                result = done.result
                study.report.show(result)
    if result:
        study.report.show_tables(result)
    with top:
        shell.header("Studies", "Whether more images of a class help to tell classes apart.", terms=study.terms,
                     export=study.report.exports(result) if result else None)  # fmt: skip


main()
