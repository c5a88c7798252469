"""A cohort that mixes backends says so wherever its numbers are compared, and names the units that it lacks."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from core.screening.paper_protocol import run
from core.settings import ValidationSettings
from core.types import ACTION_UNITS
from core.workspace import cohorts, jobs
from tests.pages.finished import enter

UNITS = list(ACTION_UNITS)


def people(backend: str, maximum: float, n_people: int = 16) -> pd.DataFrame:
    rng = np.random.default_rng(len(backend))
    rows = pd.DataFrame({"subject": [f"{backend}{i}" for i in range(n_people)], "emotion": "anger"})
    rows["group"] = ["PD", "control"] * (n_people // 2)
    rows = rows.assign(backend=backend, simulated=False)
    return pd.concat([rows, pd.DataFrame(rng.uniform(0, maximum, (n_people, 17)), columns=UNITS)], axis=1)


@pytest.fixture
def mixed(ws) -> cohorts.Cohort:
    table = pd.concat([people("openface", 5.0), people("py-feat", 1.0).assign(AU45=np.nan)], ignore_index=True)
    cohort = cohorts.create(ws, "Two programs", table)
    cohorts.use(ws, cohort.id)
    return cohort


def test_the_map_says_that_backends_are_mixed(mixed, open_page):
    said = [w.value for w in open_page("latent_space").warning]
    assert any("different backends" in text and "clusters may be those of backends" in text for text in said)


def test_a_validation_says_that_people_were_normalised(ws, mixed, open_page):
    settings = ValidationSettings(alphas=(7,), n_thresholds=1, n_folds=2)
    result = json.loads(json.dumps(run(cohorts.read_table(ws, mixed.table_hash), settings)))
    enter(
        ws,
        "validate",
        {"table": mixed.table_hash, **asdict(ValidationSettings())},
        jobs.DONE,
        result=json.dumps(result),
    )
    assert any("each person was normalised" in w.value for w in open_page("validation").warning)


def test_units_that_a_format_lacks_are_named_and_not_people(ws, open_page):
    lacking = people("libreface", 5.0).assign(AU10=np.nan, AU07=np.nan)
    cohorts.use(ws, cohorts.create(ws, "LibreFace", lacking).id)
    shown = open_page("latent_space")
    assert any("The table has no AU10" in element.value for element in (*shown.error, *shown.warning, *shown.info))
