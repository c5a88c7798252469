"""People are never on both sides, synthetic rows are never scored, and processes, kills and resumes change nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core.errors import Cancelled, GuardError
from core.parallel import SCHEDULER
from core.screening import fold_space
from core.screening.classifiers import GRIDS, probability_grid
from core.screening.controls import permuted
from core.screening.fold_space import FoldSpace
from core.screening.method_grids import Plan
from core.screening.parts import N_REPEATS, Part, evaluate, evaluate_all
from core.screening.plans import combinations, nested_parts, nested_plan, paper_parts, paper_plan
from core.screening.tuning import tune
from core.settings import MATCHED, SAMPLERS, DuplicationSettings, ValidationSettings
from core.types import Quiet, Samples
from tests.dask_cluster import dask_cluster

SMALL = ValidationSettings(methods=("AGCL", "Gaussian noise"), alphas=(2.0,), n_thresholds=2, n_folds=3)


def samples(n_pd: int = 7, n_control: int = 8, videos: int = 1, seed: int = 0) -> Samples:
    """People of whom each has so many rows."""
    rng = np.random.default_rng(seed)
    y = np.repeat([1, 0], [n_pd * videos, n_control * videos])
    X = np.clip(rng.normal(2 + y[:, None], 1, (len(y), 3)), 0, 5)
    groups = np.repeat([f"{side}{i:02}" for side, n in (("P", n_pd), ("C", n_control)) for i in range(n)], videos)
    return Samples(X, y, groups, ("AU06", "AU12", "AU25"))


def people_of(material: Samples) -> tuple[np.ndarray, np.ndarray]:
    codes, first = np.unique(material.groups, return_index=True)
    return codes.astype(object), material.y[first]


@given(st.integers(4, 9), st.integers(4, 9), st.integers(1, 3), st.integers(0, 9), st.sampled_from(["none", "AGCL"]))
@effort(deadline=None, max_examples=15)
def test_nobody_is_ever_on_both_sides(n_pd: int, n_control: int, videos: int, seed: int, method: str) -> None:
    material = samples(n_pd, n_control, videos, seed)
    people, y = people_of(material)
    chosen = replace(SMALL, methods=(method,), random_state=seed)
    parts = nested_parts({"all": material}, [(method, "kNN")], chosen, people, y)
    half = people[::2], people[1::2]
    parts |= paper_parts({"all": material}, [(method, "kNN")], chosen, *half, paper_plan)
    for part in parts.values():
        assert not set(part.train) & set(part.test)
        found = evaluate(material, part)
        assert set(found["test"]) == set(part.test) if "setting" in found else not found["test"]
        assert set(found.get("held_out", ())) <= set(part.train)
    tested = [p for key, part in parts.items() if key.startswith("nested/") for p in part.test]
    assert sorted(tested) == sorted(list(people) * N_REPEATS)


def test_a_held_out_pair_is_unique_and_takes_all_its_rows_along() -> None:
    material = samples(5, 5, videos=3)
    found = tune(material, Plan("kNN", "none", n_folds=25), 0)
    pairs = [tuple(sorted(test.person for test in fold)) for fold in found.tests]
    assert len(set(pairs)) == len(pairs) == 25
    assert all({person[0] for person in pair} == {"P", "C"} for pair in pairs)


@pytest.mark.parametrize("method", [*SAMPLERS, f"{MATCHED}AGCL", f"{MATCHED}Gaussian noise"])
def test_what_is_scored_is_a_real_face_and_what_is_added_is_only_trained_on(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    material = samples(videos=2)
    people, _ = people_of(material)
    faces = np.array([material.X[material.groups == person].mean(axis=0) for person in people])
    seen: list[tuple[np.ndarray, np.ndarray]] = []

    def listen(name, grid, X, y, X_new, random_state):  # type: ignore[no-untyped-def]
        seen.append((X, X_new))
        return probability_grid(name, grid, X, y, X_new, random_state)

    class Unscaled:
        bounds = (0.0, 5.0)

        def __init__(self, samples: Samples, rows: np.ndarray) -> None:
            self.steps: list = []

        def transform(self, X: np.ndarray) -> np.ndarray:
            return X

    monkeypatch.setattr(fold_space, "probability_grid", listen)
    monkeypatch.setattr(fold_space, "Preparation", Unscaled)
    plan = Plan("kNN", method, alphas=(1.0,), n_thresholds=1, n_folds=2, n_values=1)
    found = evaluate(material, Part("all", plan, people[:11], people[11:], 0))
    assert found["n_settings"] == plan.n_settings == len(GRIDS["kNN"])
    assert any(len(X) > 20 for X, _ in seen)
    for X, scored in seen:
        assert all((face == faces).all(axis=1).any() for face in scored)
        assert not any((face == X).all(axis=1).any() for face in scored)


@pytest.mark.parametrize("classifier", ["kNN", "SVM", "MLP", "logistic regression"])
def test_size_matched_copies_change_nothing(classifier: str) -> None:
    material = samples(12, 12)
    X_new = np.random.default_rng(1).uniform(0, 5, (500, 3))
    rows = np.arange(len(material.y))
    for choice in GRIDS[classifier]:
        alone = FoldSpace(material, rows, Plan(classifier, "none"), 3).probabilities(None, [choice], X_new)
        copies = DuplicationSettings(6.0)
        matched = FoldSpace(material, rows, Plan(classifier, f"{MATCHED}duplication"), 3)
        found = matched.probabilities(copies, [choice], X_new)
        assert found == pytest.approx(alone, abs=2e-2 if classifier == "MLP" else 2e-3)
        if classifier == "kNN":
            assert np.array_equal(found, alone)
    unmatched = FoldSpace(material, rows, Plan(classifier, "duplication"), 3).probabilities(copies, [choice], X_new)
    assert np.abs(unmatched - alone).max() > 0.02


def parts_of(material: Samples, settings: ValidationSettings) -> dict[str, tuple[Samples, Part]]:
    people, y = people_of(material)
    chosen = combinations(settings)
    whole = paper_parts({"all": material}, chosen, settings, people[2:], people[:2], nested_plan)
    parts = whole | dict(list(nested_parts({"all": material}, chosen, settings, people, y).items())[:6])
    return {key: (material, part) for key, part in parts.items()}


def test_two_processes_find_what_one_finds() -> None:
    material = samples()
    parts = parts_of(material, replace(SMALL, classifiers=("kNN", "random forest", "MLP")))
    alone, two = (evaluate_all(parts, Quiet(), {}, lambda *_: None, n) for n in (0, 2))
    assert list(alone) == list(two) == list(parts)
    assert json.dumps(alone) == json.dumps(two)


def test_a_dask_cluster_finds_what_this_process_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    material = samples()
    parts = parts_of(material, SMALL)
    alone = evaluate_all(parts, Quiet(), {}, lambda *_: None, 0)
    with dask_cluster() as cluster:
        monkeypatch.setenv(SCHEDULER, cluster.address)
        far = evaluate_all(parts, Quiet(), {}, lambda *_: None, 0)
    assert json.dumps(far) == json.dumps(alone)


def test_a_stopped_run_goes_on_and_ends_the_same() -> None:
    class Impatient(Quiet):
        def cancelled(self) -> bool:
            return len(kept) >= 3

    material = samples()
    parts = parts_of(material, SMALL)
    kept: dict = {}
    with pytest.raises(Cancelled):
        evaluate_all(parts, Impatient(), {}, kept.__setitem__, 0)
    stored = json.loads(json.dumps(kept))
    again: dict = {}
    resumed = evaluate_all(parts, Quiet(), stored, again.__setitem__, 0)
    assert len(stored) == 3
    assert not set(again) & set(stored)
    assert resumed == evaluate_all(parts, Quiet(), {}, lambda *_: None, 0)


def test_a_guard_stops_a_run_from_within_any_process() -> None:
    material = samples()
    people, _ = people_of(material)
    both = Part("all", Plan("kNN", "none", n_folds=2), people, people[:1], 0)
    for n_processes in (0, 1):
        with pytest.raises(GuardError, match="both trained on and tested"):
            evaluate_all({"bad": (material, both)}, Quiet(), {}, lambda *_: None, n_processes)


def test_too_few_people_are_told_and_not_tested() -> None:
    material = samples()
    people, _ = people_of(material)
    found = evaluate(material, Part("all", Plan("kNN", "none", n_folds=2), people[6:10], people[:2], 0))
    assert found["test"] == {}
    assert "2 people with PD and 2 controls" in found["reason"]


def test_permuted_labels_stay_with_people_and_keep_their_counts() -> None:
    material = samples(videos=3)
    labels = dict(zip(*(each.tolist() for each in people_of(material)), strict=True))
    tested = labels.pop("C00")
    shuffled, dealt = permuted({"all": material}, labels, 4)
    assert sum(dealt.values()) == sum(labels.values())
    assert dealt != labels
    told = {person: set(shuffled["all"].y[shuffled["all"].groups == person]) for person in labels}
    assert told == {person: {label} for person, label in dealt.items()}
    assert set(shuffled["all"].y[shuffled["all"].groups == "C00"]) == {tested}
