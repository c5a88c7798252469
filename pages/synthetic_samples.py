"""Synthetic samples: the rows of two methods beside the real ones, in numbers, as faces, and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from pages.parts import chosen_row, likeness, shell, space_controls, state, synthesis, tables
from pages.parts.live import live
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.cohorts import Cohort
    from pages.parts.synthesis import Asked, Made


def ask() -> list[Asked]:
    """The controls: whose expression and how many rows once, then each method with its own."""
    emotion, features = space_controls.emotion_and_features()
    alpha = space_controls.choose_alpha()
    asked = [synthesis.ask(space_controls.choose_method(), emotion, features, alpha)]
    with state.second():
        other = space_controls.choose_second()
        if other != space_controls.NONE:
            asked.append(synthesis.ask(other, emotion, features, alpha))
    return asked


def names_of(asked: list[Asked]) -> list[str]:
    """What to call each method: by its name, and which of the two where both are the same."""
    methods = [one.method for one in asked]
    return methods if len(set(methods)) == len(methods) else [f"{methods[0]} 1", f"{methods[0]} 2"]


def compare(cohort: Cohort, table: pd.DataFrame) -> list[Made]:
    """Controls beside the figures; what the methods made, without those that could not."""
    left, right = shell.workbench()
    with left:
        asked = ask()
    done = []
    with right:
        beside = len(asked) > 1 and asked[0].choice.features != "all 17"
        places = st.columns(len(asked)) if beside else [st.container() for _ in asked]
        for number, (one, name, place) in enumerate(zip(asked, names_of(asked), places, strict=True)):
            with place:
                try:
                    made = synthesis.make(table, cohort.table_hash, one, name)
                except UserError as error:
                    shell.show_error(error)
                    if not number:
                        return done
                    continue
                synthesis.show(made, f"real_and_synthetic_{number}")
            done.append(made)
        st.markdown(f"{asked[0].choice.emotion.capitalize()}: filled real, hollow synthetic; boxes are quartiles.")
    return done


def downloads(methods: list[Made]) -> list[Download]:
    """The rows of each method with their provenance, as CSV and Parquet."""
    return [
        item._replace(label=f"{made.name}: {item.label}")
        for made in methods
        for item in tables.exports(made.rows, f"real_and_{made.name.replace(' ', '_').lower()}")
    ]


ws = shell.guard()
top = st.container()
cohort = shell.cohort_in_use(ws)
methods: list[Made] = []
judged: list[Download] = []
if cohort is None:
    shell.empty("No cohort yet", "Synthetic rows are drawn around real ones: load the simulated demo cohort, measure "
                "your own clips, or import an AU table.", "home", "Go to Home")  # fmt: skip
else:
    methods = compare(cohort, tables.table_of(ws, cohort))
    if methods:
        live(chosen_row.show, methods)
        judged = likeness.show(ws, cohort, methods)
with top:
    shell.header("Synthetic samples", "New points of an emotion, by two methods side by side, beside the real ones.",
                 terms=("AGCL", "genetic search", "S3VAE", "latent unit", "posterior collapse", "synthetic", "alpha",
                        "spread", "threshold", "coverage", "pure", "fidelity", "near-copy", "told apart", "simulated"),
                 export=[*downloads(methods), *judged])  # fmt: skip
