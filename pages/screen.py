"""Screen: what the cohort's models say about one person, emotion by emotion."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.screening.card import settings_of
from core.types import EMOTIONS
from core.workspace import clips
from pages.parts import (
    earlier_screenings,
    fold_settings,
    model_choice,
    outcomes,
    shell,
    state,
    tables,
    verdict,
    verdict_details,
)

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.store import Workspace

IN_COHORT, NEW = "of the cohort", "new, from clips"


def choose_person(ws: Workspace, table: pd.DataFrame) -> tuple[str, list[str]] | None:
    """Code of the person and the clips to take their rows from (none: their rows in the cohort)."""
    source = st.segmented_control("Person", [IN_COHORT, NEW], default=IN_COHORT, required=True,
                                  **state.private("screen_source"))  # fmt: skip
    if source == IN_COHORT:
        groups = table.drop_duplicates("subject").set_index("subject")["group"].to_dict()
        people = sorted(groups, key=lambda p: (groups[p] != "", p))
        person = st.selectbox("Code", people, format_func=lambda p: f"{p} ({groups[p] or 'group unknown'})",
                              **state.private("screen_person"))  # fmt: skip
        have = set(table.loc[table["subject"] == person, "emotion"])
        chosen: list[str] = []
    else:
        measured = [c for c in clips.list_clips(ws) if c.measured and c.subject and c.emotion in EMOTIONS]
        if not measured:
            shell.empty("No measured clips", "Upload, label and measure the person's clips.", "clips", "Go to Clips")
            return None
        person = st.selectbox("Code", sorted({clip.subject for clip in measured}), **state.private("screen_new_person"))
        usable = [clip for clip in measured if clip.subject == person and clip.verdict != "not usable"]
        if not usable:  # without clips the job would look for the person in the cohort
            st.markdown(f"No clip of {shell.plain(person)} is usable. The page Clips says why.")
            return None
        have, chosen = {clip.emotion for clip in usable}, [clip.id for clip in usable]
    missing = [emotion for emotion in EMOTIONS if emotion not in have]
    st.markdown(f"Missing: {', '.join(missing)}." if missing else "All five emotions are there.")
    return person, chosen


def explain() -> None:
    """What will come, before anything was run."""
    st.markdown(
        "For each emotion, 25 models are trained on the cohort without this person, each leaving out one person with "
        "PD and one control. They vote, weighted by how often they were right; the majority across emotions decides. "
        "On a tie, or with fewer than three usable emotions, the verdict is withheld."
    )


def main() -> None:
    ws = shell.guard()
    top = st.container()
    cohort = shell.cohort_in_use(ws)
    result: dict[str, Any] | None = None
    if cohort is None:
        shell.empty("No cohort to compare with", "Screening needs a cohort of people with PD and of controls.", "home",
                    "Go to Home")  # fmt: skip
    else:
        table = tables.table_of(ws, cohort)
        left, right = shell.workbench()
        with left:
            chosen = choose_person(ws, table)
            model = model_choice.choose(ws)
            settings = settings_of(model.card) if model else fold_settings.choose("screen")
            refused = model_choice.refusal(ws, model, table, chosen) if model and chosen else None
            label = "Screen" if model else "Train and screen"
            start = st.button(label, type="primary", width="stretch", disabled=chosen is None or refused is not None)
        with right:
            if refused is not None:
                shell.show_error(refused)
            elif chosen is None:
                explain()
            else:
                person, clip_ids = chosen
                wanted = {"table": cohort.table_hash, "person": person, "clip_ids": clip_ids, **asdict(settings)}
                wanted |= {"model": model.id} if model else {}
                if start:
                    outcomes.start(ws, "screen", wanted)
                done = outcomes.finished(ws, "screen", wanted)
                if done is None:
                    model_choice.explain(model) if model else explain()
                else:
                    result = done.result
                    verdict.show(result)
                    verdict_details.show(result, table)
                    earlier_screenings.show(ws, result)
    with top:
        shell.header("Screen", "What the cohort's models say about one person, emotion by emotion.",
                     terms=("vote", "leave-two-out", "undecided", "interval", "AGCL", "alpha"),
                     export=verdict.exports(result) if result else None)  # fmt: skip


main()
