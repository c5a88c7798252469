"""Where backends are mixed, no model sees their scales: a person is compared with themselves only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.screening.comparable import comparable
from core.screening.screening import screen
from core.settings import ScreeningSettings
from core.types import ACTION_UNITS, EMOTIONS

UNITS = list(ACTION_UNITS)


def people(seed: int, n_people: int = 16) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        [(f"S{i:02}", emotion, "PD" if i % 2 else "control") for i in range(n_people) for emotion in EMOTIONS],
        columns=["subject", "emotion", "group"],
    ).assign(backend="openface", simulated=False)
    low = np.where(rows["group"] == "PD", 0.6, 1.0)[:, None]
    return pd.concat([rows, pd.DataFrame(low * rng.uniform(0, 5, (len(rows), 17)), columns=UNITS)], axis=1)


def two_backends() -> tuple[pd.DataFrame, pd.DataFrame]:
    cohort = people(1)
    other = people(2).assign(backend="py-feat")
    other[UNITS] /= 5
    other["AU45"] = np.nan
    other["subject"] = "X" + other["subject"]
    return cohort, other


def test_one_backend_is_left_as_it_is() -> None:
    cohort = people(1)
    (found, again), said = comparable(cohort, cohort.head(3))
    assert found is cohort
    assert len(again) == 3
    assert said == ""


def test_a_scale_and_an_offset_of_a_backend_make_no_difference() -> None:
    cohort, other = two_backends()
    (_, found), said = comparable(cohort, other)
    stretched = other.copy()
    stretched[UNITS] = 0.2 + stretched[UNITS] * 0.7
    (_, found_stretched), _ = comparable(cohort, stretched)
    np.testing.assert_allclose(found[UNITS], found_stretched[UNITS], atol=1e-9)
    assert "(openface 0 to 5, py-feat 0 to 1)" in said
    assert "their own 16 action units" in said


def test_units_that_one_backend_lacks_are_gone_from_all() -> None:
    cohort, other = two_backends()
    (ours, theirs), _ = comparable(cohort, other)
    assert ours["AU45"].isna().all()
    assert theirs["AU45"].isna().all()
    assert ours[UNITS[:-1]].notna().all(axis=None)


def test_a_persons_values_depend_on_nobody_else() -> None:
    cohort, other = two_backends()
    person = other[other["subject"] == other["subject"].iloc[0]]
    (whole, _), _ = comparable(other, cohort)
    (alone, _), _ = comparable(person, cohort)
    np.testing.assert_array_equal(alone[UNITS], whole.loc[person.index, UNITS])
    shown = alone[alone["emotion"].isin(EMOTIONS)][UNITS[:-1]].to_numpy()
    assert abs(shown.mean()) < 1e-12
    assert shown.std() == 1 or abs(shown.std() - 1) < 1e-12


def test_a_face_that_never_moves_gives_zeros_and_not_holes() -> None:
    cohort, other = two_backends()
    still = other.head(2).copy()
    still[UNITS[:-1]] = 0.5
    (found, _), _ = comparable(still, cohort)
    assert (found[UNITS[:-1]] == 0).all(axis=None)


def test_a_screening_across_backends_is_the_same_on_any_scale_and_says_so() -> None:
    cohort, other = two_backends()
    person = other[other["subject"] == "XS00"]
    quick = ScreeningSettings(n_folds=5)
    found = screen(person, cohort, quick).to_json()
    stretched = person.copy()
    stretched[UNITS] = stretched[UNITS] * 0.5
    again = screen(stretched, cohort, quick).to_json()
    assert [e["weight_for_pd"] for e in found["emotions"]] == [e["weight_for_pd"] for e in again["emotions"]]
    assert "normalised" in found["warnings"][0]
    assert "means nothing until" in found["warnings"][0]
    disgust = found["emotions"][EMOTIONS.index("disgust")]
    assert not disgust["usable"]
    assert "AU45" in disgust["reason"]
    happiness = found["emotions"][EMOTIONS.index("happiness")]
    shown = person[person["emotion"] == "happiness"].iloc[0]
    assert {f["name"]: f["value"] for f in happiness["features"]} == {u: shown[u] for u in ("AU15", "AU17", "AU25")}
