"""Methods assessed over splits of the people: copies fail, people pass, and what is wrong is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, UserError
from core.faces.importers import read_table
from core.latent.features import samples
from core.latent.fidelity.assessment import Assessment, assess, assess_maker, marginal_tests_beside
from core.latent.fidelity.marginal_tests import rejected_share
from core.latent.fidelity.measures import ALL, NAMES, measure
from core.latent.fidelity.splits import CANDIDATES, COPIES, METHOD, REAL, split
from core.latent.fidelity.verdict import FAILS, NO_PERSONS, PASSES, UNDECIDED, verdict
from core.latent.samplers import synthetic_rows
from core.latent.synthesis import Synthetic
from core.scales import SCALES
from core.settings import SAMPLERS, AGCLSettings, ClassGaussianSettings, DuplicationSettings, SMOTESettings
from core.types import CONTROL, PD, Quiet, Samples
from core.workspace.demo import demo_table

RECOMMENDED = AGCLSettings(alpha=7, threshold=0, spread="hierarchical")


def simulated(seed: int, n: int = 40, d: int = 4) -> Samples:
    """n people with correlated intensities that end at 0, in two groups that overlap."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    X = 1.5 + rng.normal(size=(n, 1)) * 0.4 + rng.normal(size=(n, d)) * 0.7 + 0.4 * y[:, None]
    return Samples(np.clip(X, 0, 5), y, np.array([f"P{i}" for i in range(n)]), tuple(f"AU{i:02}" for i in range(d)))


def ufnet_draws(shared_data: Path, n_draws: int) -> list[tuple[Samples, Samples]]:
    """19 + 19 people of real smile videos and seven units, and everybody else, for each draw."""
    table = read_table(shared_data / "ufnet" / "smile_features_train.csv").table
    units = SCALES["ufnet"].units
    known = table[table["group"].isin((PD, CONTROL))]
    X, y = known[list(units)].to_numpy(float), (known["group"] == PD).to_numpy(int)
    codes, draws = known["subject"].to_numpy(str), []
    for seed in range(n_draws):
        rng = np.random.default_rng(seed)
        drawn = np.zeros(len(y), bool)
        for label in (0, 1):
            drawn[rng.permutation(np.flatnonzero(y == label))[:19]] = True
        draws.append(tuple(Samples(X[side], y[side], codes[side], units) for side in (drawn, ~drawn)))
    return draws


def new_people(pool: Samples, makers: Samples, seed: int) -> Synthetic:
    """Six times as many real people from elsewhere, in the place of synthetic rows."""
    rng = np.random.default_rng(seed)
    rows = [
        rng.choice(np.flatnonzero(pool.y == label), 6 * int((makers.y == label).sum()), replace=False)
        for label in (0, 1)
    ]
    chosen = np.concatenate(rows)
    return Synthetic(pool.X[chosen], pool.y[chosen], pool.groups[chosen])


def assert_controls_hold(found: Assessment) -> None:
    copies = verdict(found, COPIES)
    assert copies.decision == FAILS
    assert copies.reasons[0].startswith("Too many near-copies: 100% of the rows")
    assert verdict(found, REAL).decision == PASSES, verdict(found, REAL).words


def test_on_real_people(shared_data: Path) -> None:
    near_copies, paper_near_copies, n_new_pass = [], [], 0
    draws = ufnet_draws(shared_data, 4)
    for seed, (people, others) in enumerate(draws):
        made = synthetic_rows(people.X, people.y, RECOMMENDED, (0.0, 5.0), seed)
        found = measure(made, people, others, seed)[ALL]
        near_copies.append(found.near_copy_share)
        assert 0.9 <= found.variance_ratio <= 1.5
        paper = synthetic_rows(people.X, people.y, AGCLSettings(threshold=0, spread="paper"), (0.0, 5.0), seed)
        paper_near_copies.append(measure(paper, people, others, seed)[ALL].near_copy_share)
        assessed = assess(people, RECOMMENDED, n_splits=6, random_state=seed)
        assert_controls_hold(assessed)
        assert verdict(assessed).decision == PASSES
        new = verdict(assess_maker(people, lambda makers, seed, pool=others: new_people(pool, makers, seed), 6))
        assert not [reason for reason in new.reasons if "near-copies" in reason or "classifier" in reason]
        n_new_pass += new.decision == PASSES
    assert np.mean(near_copies) <= 0.12
    assert np.mean(paper_near_copies) > 0.35
    assert n_new_pass >= 3


@pytest.mark.parametrize("emotion", ["anger", "happiness"])
def test_on_the_demo_cohort(emotion: str) -> None:
    for feature_set in ("Table II", "all 17"):
        assert_controls_hold(assess(samples(demo_table(), emotion, feature_set), DuplicationSettings(), n_splits=6))


@pytest.mark.parametrize("n", [12, 40])
def test_on_simulated_people_of_the_same_and_of_other_splits(n: int) -> None:
    for seed in range(2):
        cohort, pool = simulated(seed, n), simulated(seed + 100, 2000)
        assert_controls_hold(assess(cohort, DuplicationSettings(), n_splits=8, random_state=seed))
        new = verdict(assess_maker(cohort, lambda makers, seed, pool=pool: new_people(pool, makers, seed), 8))
        assert not [reason for reason in new.reasons if "near-copies" in reason or "classifier" in reason], new.words


def test_what_is_wrong_is_said() -> None:
    people = simulated(0, 60)

    def reasons(change) -> str:  # type: ignore[no-untyped-def]
        pool = simulated(1, 3000)

        def make(makers: Samples, seed: int) -> Synthetic:
            made = new_people(pool, makers, seed)
            return Synthetic(change(made.X, made.y), made.y, made.source)

        return " ".join(verdict(assess_maker(people, make, 8)).reasons)

    assert reasons(lambda X, y: X) == ""
    centre = simulated(1, 3000).X.mean(axis=0)
    narrow = reasons(lambda X, y: centre + 0.5 * (X - centre))
    assert "Too narrow: their variance is 0.2" in narrow
    assert "They reach less far than people do" in narrow
    wide = reasons(lambda X, y: centre + 2.5 * (X - centre))
    assert "Too wide" in wide
    assert "Many lie where no people lie" in wide
    assert "A classifier tells them from new people" in reasons(lambda X, y: X + 1.5)
    crossed = reasons(lambda X, y: X + 0.8 * (1 - 2 * y)[:, None])
    assert "They teach less" in crossed


def test_smote_is_too_narrow_and_a_gaussian_has_no_near_copies() -> None:
    people = simulated(2, 60, 8)
    smote = verdict(assess(people, SMOTESettings(), n_splits=8))
    assert any(reason.startswith("Too narrow") for reason in smote.reasons)
    assert assess(people, ClassGaussianSettings(), n_splits=8).mean("near_copy_share") < 0.1


def test_a_group_of_which_nothing_is_made_fails_in_words() -> None:
    people = simulated(3)

    def control_only(makers: Samples, seed: int) -> Synthetic:
        rows = np.flatnonzero(makers.y == 0)
        return Synthetic(makers.X[rows] + 0.3, makers.y[rows], rows)

    found = assess_maker(people, control_only, 4)
    assert found.n_nothing == {CONTROL: 0, PD: 4}
    said = verdict(found)
    assert said.decision == FAILS
    assert said.reasons[0] == "No synthetic rows of PD: nothing was made of this group in 4 of 4 splits."
    assert found.mean("near_copy_share", METHOD, PD) is None
    assert found.mean("learned_auroc") is None
    # AGCL at threshold 1 with one cluster: nothing at all.
    nothing = assess(people, AGCLSettings(threshold=1, n_clusters=1), n_splits=4)
    assert all(nothing.mean(name, METHOD, group) is None for name in NAMES for group in (ALL, PD, CONTROL))
    assert [reason[:24] for reason in verdict(nothing).reasons] == [
        "No synthetic rows of con",
        "No synthetic rows of PD:",
    ]
    assert_controls_hold(nothing)
    json.dumps(nothing.to_json(), allow_nan=False)


def test_seldom_nothing_is_only_remarked() -> None:
    people, pool = simulated(4, 60), simulated(5, 3000)
    seen: list[int] = []

    def make(makers: Samples, seed: int) -> Synthetic:
        seen.append(seed)
        made = new_people(pool, makers, seed)
        keep = made.y == (0 if len(seen) == 1 else made.y)
        return Synthetic(made.X[keep], made.y[keep], made.source[keep])

    said = verdict(assess_maker(people, make, 20))
    assert said.decision == PASSES
    assert said.remarks[0] == "No synthetic rows of PD: nothing was made of this group in 1 of 20 splits."


@pytest.mark.parametrize("kind", SAMPLERS.values(), ids=SAMPLERS)
def test_degenerate_people_give_words_and_no_nan(kind: type) -> None:
    rng = np.random.default_rng(6)
    y, codes = np.arange(12) % 2, np.array([f"P{i}" for i in range(12)])
    for X in (rng.uniform(0, 5, (12, 1)), np.c_[np.full(12, 0.1), rng.integers(0, 2, 12)], np.full((12, 2), 0.3)):
        found = assess(Samples(X, y, codes, ("AU01", "AU02")[: X.shape[1]]), kind(alpha=1), n_splits=2)
        json.dumps(found.to_json(), allow_nan=False)
        for candidate in CANDIDATES:
            assert "nan" not in verdict(found, candidate).words.lower()
    alike = verdict(found, REAL)
    assert alike.decision == UNDECIDED
    assert NO_PERSONS in alike.remarks


def test_the_halves_share_nobody_and_persons_stay_whole() -> None:
    cohort = simulated(7, 60)
    twice = Samples(np.r_[cohort.X, cohort.X + 0.1], np.r_[cohort.y, cohort.y], np.r_[cohort.groups, cohort.groups],
                    cohort.features)  # fmt: skip
    for seed in range(5):
        halves = split(twice, lambda makers, seed: Synthetic(makers.X, makers.y, makers.groups), seed)
        assert not set(halves.makers.groups) & set(halves.unseen.groups)
        assert len(halves.makers.y) == len(halves.unseen.y) == 60
        assert halves.makers.y.sum() == 30
        assert set(halves.rows[REAL].source) == set(halves.unseen.groups)


def test_the_same_seed_gives_the_same_and_every_measure_has_its_summary() -> None:
    found = assess(simulated(8), RECOMMENDED, n_splits=3, random_state=4)
    assert found == assess(simulated(8), RECOMMENDED, n_splits=3, random_state=4)
    assert found != assess(simulated(8), RECOMMENDED, n_splits=3, random_state=5)
    assert (found.method, found.settings["spread"], found.n_people) == ("AGCL", "hierarchical", {CONTROL: 20, PD: 20})
    assert len(found.summaries) == len(NAMES) * 3 * 3
    row = found.summary("variance_ratio", METHOD, PD)
    assert row.low is not None
    assert row.low <= row.mean <= row.high
    assert found.mean("learned_auroc", METHOD, PD) is None
    assert found.to_json()["summaries"][0]["measure"] == NAMES[0]
    with pytest.raises(KeyError):
        found.summary("accuracy")


def test_table_iii_always_stands_beside_people_and_copies() -> None:
    beside = marginal_tests_beside(simulated(9), RECOMMENDED)
    assert tuple(beside) == CANDIDATES
    assert {len(found) for found in beside.values()} == {8}
    assert rejected_share(beside[COPIES]) == 0


def test_too_few_people_or_somebody_twice_are_refused() -> None:
    people = simulated(10, 12)
    few = Samples(people.X[:11], people.y[:11], people.groups[:11], people.features)
    with pytest.raises(UserError, match="The group PD has 5 of the 6 people"):
        assess(few, RECOMMENDED)
    torn = people.groups.copy()
    torn[1] = torn[0]
    with pytest.raises(UserError, match="P0 is in both groups"):
        assess(Samples(people.X, people.y, torn, people.features), RECOMMENDED)


def test_progress_is_told_and_cancels() -> None:
    class Watching(Quiet):
        told: list[float] = []  # noqa: RUF012

        def report(self, done: float, total: float, message: str = "") -> None:
            self.told.append(done / total)

        def cancelled(self) -> bool:
            return len(self.told) > 5

    watching = Watching()
    assess(simulated(11), DuplicationSettings(), n_splits=4, progress=watching)
    assert watching.told == [0, 0.25, 0.5, 0.75, 1]
    with pytest.raises(Cancelled):
        assess(simulated(11), DuplicationSettings(), n_splits=4, progress=watching)
