"""Walk-through: one simulated person from clips to a verdict that builds up emotion by emotion."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from core.settings import ScreeningSettings
from core.workspace import backend_choice, cohorts
from pages.parts import outcomes, shell, state, verdict, verdict_steps

if TYPE_CHECKING:
    from core.workspace.clips import Clip
    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace


def choose(ws: Workspace) -> list[Clip]:
    """The clips of the simulated person whom the reader chooses; none before the demo cohort was brought in."""
    people = verdict_steps.demo_people(ws)
    if not people:
        st.markdown(
            "Four **simulated** people, rendered from a face model, made five expressions each. "
            "Choose one, watch the clips measured as a camera's would be, and see what models trained on the other 58 "
            "simulated people make of them."
        )
        st.button("Bring in the four people", type="primary", icon=":material/play_arrow:",
                  on_click=lambda: cohorts.open_demo(ws))  # fmt: skip
        return []
    person = st.segmented_control("Simulated person", list(people), default=next(iter(people)), required=True,
                                  **state.private("walk_person"))  # fmt: skip
    return people[person or next(iter(people))]


def measure(ws: Workspace, clips: list[Clip]) -> bool:
    """First step: the clips and their measurement; whether all are measured."""
    verdict_steps.pictures(ws, clips)
    if all(clip.measured for clip in clips):
        return True
    wanted = backend_choice.extraction_settings(ws, [clip.id for clip in clips])
    if outcomes.last(ws, "extract", wanted) is None and st.button(
        f"Measure {len(clips)} clips", type="primary", icon=":material/straighten:"
    ):
        outcomes.start(ws, "extract", wanted)
    outcomes.finished(ws, "extract", wanted)
    return False


def judge(ws: Workspace, cohort: Cohort, clips: list[Clip]) -> None:
    """Second step: train on everybody else, then show one vote after the other."""
    person = clips[0].subject
    ids = [clip.id for clip in clips]
    wanted = {"table": cohort.table_hash, "person": person, "clip_ids": ids, **asdict(ScreeningSettings())}
    if outcomes.last(ws, "screen", wanted) is None and st.button(
        f"Train on the others and screen {person}", type="primary", icon=":material/how_to_vote:"
    ):
        outcomes.start(ws, "screen", wanted)
    done = outcomes.finished(ws, "screen", wanted)
    if done is None or done.result is None:
        return
    shown = verdict_steps.step(done.result, person)
    if shown < len(done.result["emotions"]):
        verdict_steps.votes(done.result, shown)
    else:
        verdict.show(done.result)
        st.page_link("pages/screen.py", label="Screen others, with everything behind a verdict",
                     icon=":material/arrow_forward:")  # fmt: skip


ws = shell.guard()
shell.header("Walk-through", "One simulated person, from clips to a verdict that builds up emotion by emotion.",
             terms=("AU", "simulated", "neutral", "leave-two-out", "vote", "undecided"))  # fmt: skip
clips = choose(ws)
if clips and measure(ws, clips):
    judge(ws, cohorts.load_demo(ws), clips)
