"""Which expression of whom the cohort lacks, and why where that is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.people import person_key
from core.types import ACTION_UNITS, EMOTIONS
from core.workspace import clips
from pages.parts import shell, state, tables
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.clips import Clip
    from core.workspace.store import Workspace

THERE, MISSING = "✓", "missing"
_AMBER = "background-color: rgba(230, 159, 0, 0.32); font-weight: 600"


def show(ws: Workspace, table: pd.DataFrame) -> list[Download]:
    """The matrix of people and emotions, those who lack most first; returns what can be exported."""
    whole = matrix(table, clips.list_clips(ws))
    people = whole[whole["missing"] > 0]
    st.markdown(words(whole))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        groups = st.pills("Groups shown", tables.GROUP_WORDS, selection_mode="multi", **state.shared("table_groups"))
        emotions = st.pills("Missing in", EMOTIONS, selection_mode="multi", **state.shared("missing_in"))
        code = st.text_input("Search by code", **state.private(state.SEARCHED), width=160)
        everyone = st.toggle("Complete people too", **state.shared("missing_none"))
    shown = whole if everyone else people
    if emotions:
        shown = shown[(shown[emotions] != THERE).any(axis=1)]
    shown = tables.of_people(shown, groups, code)
    if shown.empty:
        st.markdown("Nobody to show with these filters." if len(whole) else "Nobody is here.")
        return tables.exports(whole, "missing_clips")[:1]
    styled = shown.style.map(lambda cell: "" if cell == THERE else _AMBER, subset=list(EMOTIONS))
    st.dataframe(styled, hide_index=True, height=min(36 + 35 * len(shown), 430),
                 column_config={"subject": "person"})  # fmt: skip
    return tables.exports(shown, "missing_clips")[:1]


def matrix(table: pd.DataFrame, films: Sequence[Clip]) -> pd.DataFrame:
    """subject, group, the five emotions and how many of them are missing; a row a person, who lacks most first.

    A cell is `✓`, how many action units a row lacks, or why there is no row: no clip, or what became of the clip.
    """
    import pandas as pd

    lacking = table[list(ACTION_UNITS)].isna().sum(axis=1)
    rows = {(s, e): n for s, e, n in zip(table["subject"], table["emotion"], lacking, strict=True)}
    found = {(person_key(clip.subject), clip.emotion): clip for clip in films}
    people = table.drop_duplicates("subject").set_index("subject")["group"]
    lines = []
    for subject, group in people.items():
        line = {"subject": subject, "group": group or "unknown"}
        for emotion in EMOTIONS:
            n = rows.get((subject, emotion))
            if n is None:
                line[emotion] = _why(found.get((person_key(subject), emotion)))
            else:
                line[emotion] = THERE if n == 0 else f"no {n} of {len(ACTION_UNITS)} AUs"
        line["missing"] = sum((subject, emotion) not in rows for emotion in EMOTIONS)
        lines.append(line)
    return pd.DataFrame(lines).sort_values(["missing", "subject"], ascending=[False, True], ignore_index=True)


def words(whole: pd.DataFrame) -> str:
    """How much is missing in all, and of which emotion most."""
    n_missing, n_people = int(whole["missing"].sum()), len(whole)
    if not n_missing:
        return f"**Nothing is missing**: {shell.people(n_people)}, {len(EMOTIONS)} expressions each."
    per_emotion = {e: int((~whole[e].str.match(f"{THERE}|no ")).sum()) for e in EMOTIONS}
    listed = ", ".join(f"{emotion} {n}" for emotion, n in per_emotion.items() if n)
    return (
        f"**{n_missing} of {n_people * len(EMOTIONS)} expressions are missing**, in "
        f"{int((whole['missing'] > 0).sum())} of {shell.people(n_people)}: {listed}."
    )


def _why(clip: Clip | None) -> str:
    if clip is None:
        return MISSING
    if not clip.measured:
        return "clip not measured"
    return "clip not usable" if clip.verdict == "not usable" else "clip not added"
