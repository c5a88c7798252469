"""A plain table becomes material, or is refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import GuardError, UserError
from core.screening.plain_table import EVERY_ROW, Columns, material

COLUMNS = Columns("pd", "ID", ("AU12_mean", "AU12_var"))


def table(prefix: str = "", n: int = 8) -> pd.DataFrame:
    """Every second person has PD; every cell is text."""
    return pd.DataFrame(
        {
            "ID": [f"{prefix}{i}" for i in range(n)], "pd": ["yes", "no"] * (n // 2),
            "AU12_mean": [f"{i / 2}" for i in range(n)], "AU12_var": ["0.5"] * n,
        }
    )  # fmt: skip


def with_cell(rows: pd.DataFrame, line: int, column: str, value: str) -> pd.DataFrame:
    rows.loc[line - 2, column] = value
    return rows


def test_rows_become_arrays() -> None:
    found = material(table(), table("T", 4), COLUMNS)
    assert (found.positive, found.negative) == ("yes", "no")
    assert found.train == {str(i): int(i % 2 == 0) for i in range(8)}
    assert found.test == {"T0": 1, "T1": 0, "T2": 1, "T3": 0}
    samples = found.samples[EVERY_ROW]
    assert samples.X[:, 0].tolist() == [*np.arange(8) / 2, *np.arange(4) / 2]
    assert samples.y.tolist() == [1, 0] * 6
    assert samples.groups.tolist() == [*map(str, range(8)), "T0", "T1", "T2", "T3"]
    assert [end.tolist() for end in samples.limits or ()] == [[0, -np.inf], [5, np.inf]]
    assert found.remarks == []


@pytest.mark.parametrize(("words", "positive"), [("PD control", "PD"), ("1.0 0.0", "1"), ("Yes No", "Yes")])
def test_which_label_means_pd(words: str, positive: str) -> None:
    given = table().assign(pd=words.split() * 4)
    assert material(given, None, COLUMNS).positive == positive


def test_a_label_that_is_not_clear_is_named() -> None:
    given = table().assign(pd=["ill", "well"] * 4)
    with pytest.raises(UserError, match="which label of pd means PD"):
        material(given, None, COLUMNS)
    assert material(given, None, replace(COLUMNS, positive="ILL")).positive == "ill"
    with pytest.raises(UserError, match="--positive"):
        material(given, None, replace(COLUMNS, positive="sick"))


def test_what_is_missing_is_left_out_and_told() -> None:
    given = pd.concat([table(n=12), with_cell(table(n=2), 3, "pd", "yes")], ignore_index=True)
    given.loc[2, "AU12_mean"], given.loc[3, "AU12_var"], given.loc[4, "pd"] = "", "NaN", " "
    found = material(given, None, COLUMNS)
    assert sorted(found.train, key=int) == ["0", "5", "6", "7", "8", "9", "10", "11"]
    assert found.remarks == [
        "The table: 1 rows without a label left out, of 1 people.",
        "The table: 2 rows of people with two labels (1) left out, of 1 people.",
        "The table: 2 rows with a missing value in a feature left out, of 2 people.",
    ]


def test_each_emotion_by_itself() -> None:
    rows = table()
    given = pd.concat([rows.assign(show="smile"), rows.head(4).assign(show="frown"), rows.head(1).assign(show="")])
    found = material(given.reset_index(drop=True), None, replace(COLUMNS, emotion="show"))
    assert list(found.samples) == ["smile"]
    assert found.skipped == {"frown": "2 people are yes and 2 are no."}
    assert found.remarks == ["The table: 1 rows without an emotion left out, of 1 people."]


GUARDS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "synthetic rows": (lambda t: t.assign(synthetic=["False"] * 7 + ["True"]), "1 synthetic rows"),
    "unclear marks": (lambda t: t.assign(synthetic=""), "8 synthetic rows"),
    "rows of nobody": (lambda t: with_cell(t, 4, "ID", " "), "1 rows name no person"),
    "two spellings": (lambda t: t.assign(ID=[*t["ID"][:-2], "p1", "P1"]), "'p1' and 'P1' differ only in case"),
}


@pytest.mark.parametrize("name", GUARDS)
@pytest.mark.parametrize("tested", [False, True])
def test_guards_stop(name: str, tested: bool) -> None:
    spoil, said = GUARDS[name]
    with pytest.raises(GuardError, match=said):
        material(table() if tested else spoil(table()), spoil(table("T")) if tested else None, COLUMNS)


@pytest.mark.parametrize("code", ["3", " 3 "])
def test_a_person_in_both_tables_stops_even_where_they_could_not_be_used(code: str) -> None:
    test = with_cell(with_cell(table("T"), 5, "ID", code), 5, "AU12_mean", "")
    with pytest.raises(GuardError, match="both trained on and tested"):
        material(table(), test, COLUMNS)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda t: t.drop(columns="AU12_var"), "no column AU12_var in the table"),
        (lambda t: t.drop(columns="ID"), "no column ID in the table"),
        (lambda t: with_cell(t, 6, "AU12_mean", "wide"), "no number in AU12_mean in line 6, but 'wide'"),
        (lambda t: t.assign(AU12_var=""), "no value in AU12_var"),
        (lambda t: with_cell(t, 6, "pd", "possible"), "3 labels \\(no, possible, yes\\)"),
        (lambda t: t.assign(pd="yes"), "1 labels"),
        (lambda t: t.head(5), "Too few people"),
    ],
)
def test_what_cannot_be_used_is_refused(spoil: Callable[[pd.DataFrame], pd.DataFrame], said: str) -> None:
    with pytest.raises(UserError, match=said):
        material(spoil(table()), None, COLUMNS)


def test_a_strange_label_of_the_test_table_is_refused() -> None:
    with pytest.raises(UserError, match="The test table has the label 'perhaps'"):
        material(table(), with_cell(table("T"), 3, "pd", "perhaps"), COLUMNS)
