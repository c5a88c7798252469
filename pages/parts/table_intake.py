"""Tables come in: read and shown before anything is kept, each refused file with what, why and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.settings import FEATURE_SETS
from core.types import ACTION_UNITS, EMOTIONS
from core.workspace import cohorts, intake
from pages.parts import shell, state, tables

if TYPE_CHECKING:
    from core.faces.importers import Imported
    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace

File = tuple[str, bytes]
NEW = "into a new cohort"


@dataclass(frozen=True)
class Preview:
    """What would be kept, or None with the reason why nothing can. refused: those that are left out."""

    imported: Imported | None
    refused: tuple[UserError, ...]


def show(ws: Workspace, cohort: Cohort | None) -> None:
    """Upload, preview, and the choice of where the rows go."""
    with st.expander("Which tables can be read", expanded=cohort is None):
        st.markdown(formats())
    turn = st.session_state.setdefault(state.TABLE_TURN, 0)
    uploads = st.file_uploader(
        "AU tables of one format, and participants.csv if there is one", type=["csv", "tsv", "txt", "parquet"],
        accept_multiple_files=True, key=f"table_files-{turn}",
    )  # fmt: skip
    if not uploads:
        return
    preview = read(ws, [(file.name, file.getvalue()) for file in uploads])
    for error in preview.refused:
        shell.show_error(error)
    if preview.imported is None:
        st.markdown("Nothing is stored.")
        return
    _describe(preview.imported, len(uploads) - len(preview.refused))
    _keep(ws, cohort, preview.imported)


def formats() -> str:
    """The formats as a list; every one is recognised by its header."""
    from core.faces.importers import FORMATS

    lines = [f"- **{importer.title}**: {importer.about}" for importer in FORMATS]
    return "\n".join(
        [
            *lines,
            "- **participants.csv** (or .tsv, as in BIDS): `participant_id`, `group`, `age`, `sex` of the people",
            "",
            "Tables of single frames give the row of their peak frame; name them `subject_emotion.csv`. Use codes, "
            "never names of people.",
        ]
    )


def read(ws: Workspace, files: Sequence[File]) -> Preview:
    """Read uploaded files together; those that cannot be read alone are refused, one error each. Nothing is stored."""
    people = [file for file in files if is_participants(file[1])]
    refused: list[UserError] = []
    good: list[File] = []
    for file in files:
        if file in people:
            continue
        try:
            intake.receive_tables(ws, [file])
            good.append(file)
        except UserError as error:
            refused.append(error)
    if len(people) > 1:
        refused.append(UserError("There are two tables of participants.", "They may differ.", "Give one of them."))
        return Preview(None, tuple(refused))
    if people and not good and not refused:
        refused.append(
            UserError(
                f"{people[0][0]} tells who the people are, but not how they moved.",
                "It fills in group, age and sex of the rows that come with it.",
                "Choose it together with an AU table.",
            )
        )
    try:
        imported = intake.receive_tables(ws, good, people[0] if people else None) if good else None
        if imported is not None:
            _check_labels(imported)
    except UserError as error:
        return Preview(None, (*refused, error))
    return Preview(imported, tuple(refused))


def is_participants(content: bytes) -> bool:
    """Whether the header names `participant_id` and no action unit."""
    header = content[:20_000].splitlines()[:1]
    return bool(header) and b"participant_id" in header[0] and not any(au.encode() in header[0] for au in ACTION_UNITS)


def _check_labels(imported: Imported) -> None:
    unlabelled = (imported.table["subject"] == "") | (imported.table["emotion"] == "")
    if unlabelled.any():
        n = int(unlabelled.sum())
        raise UserError(
            f"{n} {'row has' if n == 1 else 'rows have'} no person or no emotion.",
            "Neither the table nor the name of its file tells.",
            "Name the file after them, as P07_anger.csv, and choose it again.",
        )


def lacks(imported: Imported) -> str:
    """Which emotions cannot be used with which set of action units, and what they lack; empty where nothing is."""
    from core.faces.importers import missing_for

    if not imported.missing:
        return ""
    units = [unit for unit in ACTION_UNITS if unit not in imported.missing]
    emotions = [e for e in EMOTIONS if e in set(imported.table["emotion"])] or list(EMOTIONS)
    lines = []
    for emotion in emotions:
        short = missing_for(units, emotion, FEATURE_SETS[0])
        lines.append(f"- {emotion}: " + (f"Table II lacks {', '.join(short)}" if short else "Table II is complete"))
    return f"Not in this format: **{', '.join(imported.missing)}**. All 17 cannot be used.\n" + "\n".join(lines)


def _describe(imported: Imported, n_files: int) -> None:
    table = imported.table
    n_rows, n_people = len(table), table["subject"].nunique()
    files = "1 file" if n_files == 1 else f"{n_files} files"
    st.markdown(
        f"**{shell.plain(imported.format)}**, intensities {shell.plain(imported.scale)}: "
        f"{n_rows} {'row' if n_rows == 1 else 'rows'} of {shell.people(n_people)} from {files}. Not kept yet."
    )
    for remark in imported.remarks:
        st.markdown(f"- {shell.plain(remark)}")
    if missing := lacks(imported):
        st.warning(missing, icon=":material/rule:")
    units = [unit for unit in ACTION_UNITS if unit not in imported.missing]
    names = [c for c in ("subject", "emotion", "group", "age", "sex", *units, "backend", "simulated") if c in table]
    st.dataframe(table[names], hide_index=True, height=min(36 + 35 * n_rows, 250), placeholder="–",
                 column_config=tables.number_columns(table))  # fmt: skip


def _keep(ws: Workspace, cohort: Cohort | None, imported: Imported) -> None:
    """Where to, what that means, and the button that stores."""
    from core.scales import mixture

    rows = imported.table
    new = cohort is None or st.radio("Put them", [NEW, f"into {cohort.name}"], horizontal=True) == NEW
    if not new and (mixed := mixture(tables.table_of(ws, cohort), rows)):
        st.warning(
            f"{shell.plain(mixed)} across people: do not train one model on both. Put them into a cohort of their own, "
            "or compare backends one at a time.",
            icon=":material/warning:",
        )
    name = st.text_input("Name of the new cohort", max_chars=80, key="new_cohort_name", width=320) if new else ""
    if not st.button("Keep these rows", type="primary", disabled=new and not name.strip()):
        return
    try:
        if new:
            kept = cohorts.create(ws, name.strip(), rows)
            cohorts.use(ws, kept.id)
        else:
            kept = cohorts.add_rows(ws, cohort, rows)
    except UserError as error:
        shell.show_error(error)
    else:
        n = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}"
        st.session_state[state.TABLE_TOLD] = f"{n} imported into {shell.plain(kept.name)}."
        st.session_state[state.TABLE_TURN] += 1  # a fresh field: the server would keep the uploads in memory
        st.rerun()
