"""Who the people are: `participants.csv` or `.tsv` as in BIDS, with `participant_id`, `group`, `age` and `sex`."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

from core.errors import UserError
from core.faces.checked_csv import CsvFile, name_of, open_csv, refuse_lines, require_columns
from core.faces.importers.protocol import counted
from core.faces.labels import group_of
from core.people import check_spellings, person_key
from core.types import COVARIATES

if TYPE_CHECKING:
    import pandas as pd

MAX_AGE = 120.0
_SEXES = {
    "f": "F", "female": "F", "w": "F", "m": "M", "male": "M", "o": "O", "other": "O",
    "": "", "n/a": "", "na": "", "nan": "", "unknown": "",
}  # fmt: skip
_PREFIX = "sub-"
_WHY = "What a person is must be said once, in words that are known"


def read_participants(source: Path | str | IO[bytes], name: str = "") -> pd.DataFrame:
    """`participant_id`, and of `group` (`PD`, `control` or empty), `age` (years, NaN) and `sex` those that are there.

    An age that BIDS caps, as 89+, is read as its number. Raises `UserError` that lists the lines with an unknown word,
    an age that is none, nobody, or somebody for the second time.
    """
    file = open_csv(source, name or name_of(source))
    require_columns(
        file,
        ("participant_id",),
        "It tells whose group and age the others are.",
        "Name the column with the codes of the people participant_id.",
    )
    cells = file.read(("participant_id", "group", *COVARIATES))
    people = cells["participant_id"]
    _refuse(file, "participant_id", cells, (people == "").to_numpy(), "says nothing in")
    check_spellings(people, file.short_name)
    _refuse(file, "participant_id", cells, people.map(_key).duplicated().to_numpy(), "repeats somebody in")
    table = cells[["participant_id"]].copy()
    if "group" in cells:
        table["group"] = cells["group"].map(group_of)
        _refuse(file, "group", cells, table["group"].isna().to_numpy(), "is not PD, control or n/a in")
    if "age" in cells:
        table["age"] = file.numbers(cells[["age"]].apply(lambda words: words.str.removesuffix("+")))["age"]
        _refuse(file, "age", cells, ~table["age"].isna() & ~table["age"].between(0, MAX_AGE), "is no age in")
    if "sex" in cells:
        table["sex"] = cells["sex"].str.lower().map(_SEXES)
        _refuse(file, "sex", cells, table["sex"].isna().to_numpy(), "is not F, M, O or n/a in")
    return table.reset_index(drop=True)


def fill_in(table: pd.DataFrame, participants: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """An AU table with group, age and sex of its people where it has none, and what is to be said about it.

    A person is found by `core.people.person_key`, with or without the `sub-` of BIDS before the code. Raises
    `UserError` where the two contradict each other about a group.
    """
    known = {_key(person): at for at, person in enumerate(participants["participant_id"])}
    rows = [known.get(key) for key in table["subject"].map(_key)]
    told = participants.reindex([-1 if row is None else row for row in rows]).set_axis(table.index)
    result = table.copy()
    remarks = []
    if "group" in told:
        groups = told["group"].fillna("")
        torn = result["subject"][(result["group"] != "") & (groups != "") & (result["group"] != groups)]
        if len(torn):
            raise UserError(
                f"The table and the participants differ in the group of {', '.join(sorted(set(torn))[:5])}.",
                "Which of the two is right cannot be told.",
                "Correct one of the two files.",
            )
        result["group"] = result["group"].where(result["group"] != "", groups)
    for covariate in COVARIATES:
        if covariate in told:
            result[covariate] = result[covariate].fillna(told[covariate]) if covariate in result else told[covariate]
    if "sex" in result:
        result["sex"] = result["sex"].fillna("")
    strangers = sorted(set(table["subject"][[row is None for row in rows]]))
    if strangers:
        listed = ", ".join(strangers[:5]) + (" and more" if len(strangers) > 5 else "")
        remarks.append(
            f"{len(strangers)} of {table['subject'].nunique()} people are not among the participants: {listed}."
        )
    idle = len(participants) - len(set(rows) - {None})
    if idle:
        remarks.append(f"{counted(idle, 'participant')} without a row in the table.")
    return result, tuple(remarks)


def _key(code: str) -> str:
    return person_key(code).removeprefix(_PREFIX)


def _refuse(file: CsvFile, column: str, cells: pd.DataFrame, faults: object, what: str) -> None:
    import numpy as np

    refuse_lines(file.name, (column,), cells.index, np.asarray(faults, bool)[:, None], what, _WHY)
