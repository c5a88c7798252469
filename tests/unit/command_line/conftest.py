"""Tables that the commands work on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.workspace.demo import demo_table


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return demo_table()


@pytest.fixture(scope="module")
def few(cohort: pd.DataFrame) -> pd.DataFrame:
    """Seven people of each group with all emotions: enough for the 25 folds of a screening without one of them."""
    filmed = cohort["subject"].value_counts()
    whole = cohort[cohort["subject"].map(filmed) == 5]
    chosen = whole.drop_duplicates("subject").groupby("group")["subject"].head(7)
    return whole[whole["subject"].isin(chosen)]


@pytest.fixture
def few_csv(few: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "few.csv"
    few.to_csv(path, index=False)
    return path


@pytest.fixture
def cohort_csv(cohort: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "cohort.csv"
    cohort.to_csv(path, index=False)
    return path


@pytest.fixture
def anger_csv(cohort: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "anger.csv"
    cohort[cohort["emotion"] == "anger"].to_csv(path, index=False)
    return path
