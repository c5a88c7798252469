"""Group, age and sex of the people of a cohort, changed by hand: seen before it is stored, one step of undo after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.workspace import cohort_edits, cohorts
from pages.parts import shell, state, tables

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace

AS_IT_IS = "as it is"
SEXES = {"F": "F", "M": "M", "other": "O", "unknown": ""}
Changes = dict[str, dict[str, object]]


def show(ws: Workspace, cohort: Cohort, table: pd.DataFrame) -> None:
    """A form beside the people; demo people are edited in a copy."""
    fixed = cohort_edits.fixed_people(cohort, table)
    if fixed:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"The {len(fixed)} simulated people were made with their labels, so the demo keeps them. In a copy you "
                "can change them freely."
            )
            if st.button("Make a copy and edit it", icon=":material/content_copy:"):
                made = cohort_edits.copy(ws, cohort)
                cohorts.use(ws, made.id)
                st.session_state[state.TABLE_TOLD] = (
                    f"{shell.plain(made.name)} is in use now. The demo stays as it was."
                )
                st.rerun()
    people = people_of(table)
    left, right = shell.workbench()
    with right:
        st.dataframe(people.replace({"group": {"": "unknown"}}), hide_index=True, placeholder="–", height=430,
                     column_config={"subject": "person",
                                    "age": st.column_config.NumberColumn(format="%.0f", help="years")})  # fmt: skip
    free = people[~people["subject"].isin(fixed)]
    if free.empty:
        return
    with left:
        changes = _form(cohort, free)
        told = words(free, changes)
        st.markdown(told or "Nothing to change yet: choose people, and what they are.")
        if st.button("Save labels", type="primary", disabled=not changes):
            _save(ws, cohort, changes, told)


def people_of(table: pd.DataFrame) -> pd.DataFrame:
    """subject, group, age and sex where the table has them, and the number of rows; one row a person."""
    there = [label for label in cohort_edits.LABELS if label in table]
    people = table.groupby("subject", sort=True)
    return people[there].first().assign(rows=people.size()).reset_index()


def words(people: pd.DataFrame, changes: Changes) -> str:
    """What is about to change, person by person, and in how many rows."""
    if not changes:
        return ""
    now = people.set_index("subject")
    lines = [
        f"- {shell.plain(subject)}: {label} {_word(now.loc[subject, label])} → **{_word(value)}**"
        for subject, labels in changes.items()
        for label, value in labels.items()
    ]
    n_rows = int(now.loc[list(changes), "rows"].sum())
    return f"To be changed, in {n_rows} {'row' if n_rows == 1 else 'rows'}:\n" + "\n".join(lines)


def _form(cohort: Cohort, people: pd.DataFrame) -> Changes:
    """The choices, and of them what differs from what is stored."""
    turn = f"{cohort.id}-{cohort.version}"
    st.session_state[state.LABELLED] = [
        s for s in st.session_state.get(state.LABELLED, []) if s in set(people["subject"])
    ]
    # An empty field like the others: the grey of the usual words in it is too pale to be read.
    chosen = st.multiselect("People", people["subject"], placeholder=" ", **state.private(state.LABELLED))
    wanted: dict[str, object] = {}
    group = st.selectbox("Group", (AS_IT_IS, *tables.GROUP_WORDS), key=f"label_group-{turn}")
    if group != AS_IT_IS:
        wanted["group"] = "" if group == "unknown" else group
    if "sex" in people:
        sex = st.selectbox("Sex", (AS_IT_IS, *SEXES), key=f"label_sex-{turn}")
        wanted |= {} if sex == AS_IT_IS else {"sex": SEXES[sex]}
    if "age" in people and len(chosen) == 1:
        age = people.set_index("subject").loc[chosen[0], "age"]
        wanted["age"] = st.number_input("Age (years)", 0, 120, None if age != age else round(age),
                                        key=f"label_age-{chosen[0]}-{turn}")  # fmt: skip
    now = people.set_index("subject")
    changes: Changes = {}
    for subject in chosen:
        new = {label: value for label, value in wanted.items() if _word(now.loc[subject, label]) != _word(value)}
        changes |= {subject: new} if new else {}
    return changes


def _word(value: object) -> str:
    if value is None or value == "" or value != value:
        return "unknown"
    return f"{value:.0f}" if isinstance(value, float) else str(value)


def _save(ws: Workspace, cohort: Cohort, changes: Changes, told: str) -> None:
    try:
        cohort_edits.relabel(ws, cohort, changes)
    except UserError as error:
        shell.show_error(error)
    else:
        st.session_state[state.TABLE_TOLD] = told.replace("To be changed", "Changed", 1)
        st.rerun()
