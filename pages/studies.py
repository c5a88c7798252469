"""Studies: whether more images of a class help to tell classes apart."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts import image_choice, outcomes, shell, study_choice, study_report


def explain() -> None:
    """What will come, before anything was run."""
    st.markdown(
        "**Does it help?** The same classifier is trained on the originals alone, with a random set of a generator's "
        "images, with an evolved set, with flipped, shifted and turned originals, and with plain copies; each with "
        "several seeds, on the same folds. All are judged on images that nobody trained on. A method that does not do "
        "better than copies or turning does not help."
    )


def main() -> None:
    ws = shell.guard()
    top = st.container()
    result: dict[str, Any] | None = None
    left, right = shell.workbench()
    with left:
        kept = image_choice.choose(ws)
        asked = study_choice.choose(kept) if kept is not None else None
        start = kept is not None and st.button("Run", type="primary", width="stretch", disabled=asked is None)
    with right:
        if asked is None:
            explain()
        else:
            if start:
                outcomes.start(ws, "study", asked)
            done = outcomes.finished(ws, "study", asked)
            if done is None:
                explain()
            else:
                result = done.result
                study_report.show(result)
    if result:
        study_report.show_tables(result)
    with top:
        shell.header("Studies", "Whether more images of a class help to tell classes apart.",
                     terms=("DCGAN", "genetic algorithm", "class gate", "classic augmentation", "interval"),
                     export=study_report.exports(result) if result else None)  # fmt: skip


main()
