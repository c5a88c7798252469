"""A discard study ends the same however it was stopped and whoever worked, and VAEs see what is left alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, GuardError, UserError
from core.images.discard_split import deals
from core.images.discards import run
from core.images.published_discards import METRICS, PAPER_METRICS
from core.images.set_files import SetFiles
from core.images.settings import C_VAE, DISCARD, DISCARD_ARMS, DUPLICATE, FULL, S3VAE
from core.images.study_split import StudyImages, study_split
from core.types import Progress, Quiet
from tests.unit.images.discarded import TINY, Noise
from tests.unit.images.studied import few_digits, noise_set

N_PER_CLASS = 16
N_SETS, N_FITS = 2 * 2 * 2, 2 * (1 + 2 * 5)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict, Path]:
    """A study without a stop: its result, its parts and its folder."""
    folder, parts = tmp_path_factory.mktemp("whole"), {}
    result = run(few_digits(N_PER_CLASS), TINY, Noise(folder), folder, on_result=parts.__setitem__)
    return json.loads(json.dumps(result)), json.loads(json.dumps(parts)), folder


def test_every_rate_and_arm_has_every_repeat_metric_and_epoch(whole: tuple[dict, dict, Path]) -> None:
    result, parts, _ = whole
    assert len(parts) == N_SETS + N_FITS
    assert [(row["rate"], row["arm"]) for row in result["rows"]] == [
        (0.0, FULL),
        *((rate, arm) for rate in (0.6, 0.9) for arm in DISCARD_ARMS[1:]),
    ]
    for row in result["rows"]:
        models = [parts[f"fit/{row['arm']}/{row['rate']}/{repeat}"] for repeat in range(2)]
        assert row["repeats"] == [model["metrics"] for model in models]
        assert row["metrics"]["f15"]["mean"] == pytest.approx(np.mean([each["f15"] for each in row["repeats"]]))
        assert tuple(row["metrics"]) == METRICS
        assert tuple(row["paper_metrics"]) == PAPER_METRICS
        assert 1 <= row["n_epochs"] <= TINY.epochs
        assert len(row["training_accuracy"]) == len(row["validation_accuracy"]) <= TINY.epochs
    # 12 images of class 1, a fifth of which is 2: 10 are trained on. 5 and 2 stay, fewer than are held out of.
    lost = {row["rate"]: (row["n_left"], row["n_added"]) for row in result["rows"] if row["arm"] == S3VAE}
    assert lost == {0.6: (25, 5), 0.9: (22, 8)}
    assert {row["n_left"] for row in result["rows"] if row["arm"] == FULL} == {30}
    assert {row["n_added"] for row in result["rows"] if row["arm"] in (FULL, DISCARD)} == {0}
    assert result["discarded"] == ["1"]
    assert result["n_test"] == {"0": 4, "1": 4, "2": 4}
    assert {arm: vae["size"] for arm, vae in result["vaes"].items()} == {S3VAE: 16, C_VAE: 16}


def test_arms_are_compared_by_repeat_with_what_is_left_with_all_and_with_the_s3vae(
    whole: tuple[dict, dict, Path],
) -> None:
    pairs = [(row["rate"], row["arm"], row["than"]) for row in whole[0]["differences"]]
    assert len(pairs) == len(set(pairs)) == 2 * (4 + 5 + 3)
    for rate in (0.6, 0.9):
        assert {than for at, arm, than in pairs if (at, arm) == (rate, S3VAE)} == set(DISCARD_ARMS) - {S3VAE}
    assert {(row["from"], row["to"], row["than"]) for row in whole[0]["growth"]} == {
        (0.6, 0.9, than) for than in DISCARD_ARMS if than not in (FULL, DISCARD, S3VAE)
    }


def test_vaes_see_the_images_that_are_trained_on_alone(whole: tuple[dict, dict, Path]) -> None:
    images = StudyImages.of(few_digits(N_PER_CLASS), 16, 1, 3)
    split = study_split(images, TINY.n_train, TINY.random_state)
    train = images.at(split.train)
    fitted = {h for deal in deals(train, TINY).values() if deal.rate for h in train.hashes[deal.fit]}
    seen = Noise(whole[2]).seen
    assert seen == fitted
    assert not seen & set(images.hashes[split.test])
    asked = Noise(whole[2]).asked
    assert len(asked) == N_SETS
    for repeat_and_rate in {line.partition("/")[2] for line in asked}:  # the two VAEs share seed and wish
        assert {f"S3VAE/{repeat_and_rate}", f"C-VAE/{repeat_and_rate}"} <= set(asked)


class Impatient(Quiet):
    """Cancels once so many parts are kept."""

    def __init__(self, kept: dict, n: int) -> None:
        self._kept, self._n = kept, n

    def cancelled(self) -> bool:
        return len(self._kept) >= self._n


@pytest.mark.parametrize("n", [3, N_SETS + 5])
def test_a_stopped_study_goes_on_and_ends_the_same(n: int, whole: tuple[dict, dict, Path], tmp_path: Path) -> None:
    kept: dict = {}
    given = few_digits(N_PER_CLASS), TINY, Noise(tmp_path), tmp_path
    with pytest.raises(Cancelled):
        run(*given, Impatient(kept, n), on_result=kept.__setitem__)
    again: dict = {}
    result = run(*given, finished=json.loads(json.dumps(kept)), on_result=again.__setitem__)
    assert json.loads(json.dumps(result)) == whole[0]
    assert len(kept) == n
    assert not set(again) & set(kept)
    assert len(Noise(tmp_path).asked) == N_SETS  # nothing is made twice


def test_two_processes_find_what_one_finds(whole: tuple[dict, dict, Path], tmp_path: Path) -> None:
    result = run(few_digits(N_PER_CLASS), TINY, Noise(tmp_path), tmp_path, n_processes=2)
    assert json.loads(json.dumps(result)) == whole[0]


def test_a_damaged_set_is_made_again_bit_for_bit(whole: tuple[dict, dict, Path]) -> None:
    result, parts, folder = whole
    key = "set/S3VAE/0.9/1"
    file = folder / "sets" / "set-S3VAE-0.9-1.npz"
    before = SetFiles(file.parent).load(parts[key])
    assert before is not None
    assert before.shape == (8, 1, 16, 16)
    np.savez(file, images=before[::-1])
    again: dict = {}
    found = run(few_digits(N_PER_CLASS), TINY, Noise(folder), folder, finished=parts, on_result=again.__setitem__)
    assert json.loads(json.dumps(found)) == result
    assert list(again) == [key]
    assert np.array_equal(SetFiles(file.parent).load(again[key]), before)


def test_progress_grows_to_its_total(whole: tuple[dict, dict, Path]) -> None:
    class Listener(Quiet):
        def __init__(self) -> None:
            self.told: list[tuple[float, float]] = []

        def report(self, done: float, total: float, message: str = "") -> None:
            self.told.append((done, total))

    _, parts, folder = whole
    listener = Listener()
    some = dict(list(parts.items())[:-1])
    run(few_digits(N_PER_CLASS), TINY, Noise(folder), folder, listener, finished=some)
    done, total = zip(*listener.told, strict=True)
    assert len(set(total)) == 1
    assert list(done) == sorted(done)
    assert done[0] > 0.9 * total[0]
    assert done[-1] == pytest.approx(total[0])


def test_each_class_loses_images_and_nothing_is_positive_then(tmp_path: Path) -> None:
    chosen = replace(TINY, discarded=None, arms=(FULL, DISCARD, DUPLICATE), rates=(0.9,), n_repeats=1, epochs=2)
    result = run(few_digits(N_PER_CLASS), chosen, None, tmp_path)
    assert result["discarded"] == ["0", "1", "2"]
    assert [row["paper_metrics"] for row in result["rows"]] == [None] * 3
    assert [row["n_validation"] for row in result["rows"]] == [6, 0, 0]
    assert result["rows"][1]["validation_accuracy"] == []
    assert result["rows"][1]["n_epochs"] == 2
    assert result["rows"][0]["metrics"]["f15"]["mean"] == result["rows"][0]["metrics"]["macro_f15"]["mean"]
    assert result["growth"] == []


def test_people_are_never_on_two_sides(tmp_path: Path) -> None:
    labels = [0, 1] * 24
    people = [f"Case{i // 4}" if i % 3 else f"case{i // 4} " for i in range(48)]
    chosen = replace(TINY, classes=2, arms=(FULL, DISCARD, DUPLICATE), n_repeats=2, epochs=1)
    result = run(noise_set(labels, people), chosen, None, tmp_path)  # the guards would stop it
    assert result["people"] == 12


def test_what_cannot_be_studied_is_refused(tmp_path: Path) -> None:
    found = few_digits(N_PER_CLASS)
    with pytest.raises(GuardError, match="copies of others"):
        run(found.at(np.r_[0:48, 0]), TINY, Noise(tmp_path), tmp_path)
    with pytest.raises(UserError, match="no class 5"):
        run(found, replace(TINY, discarded=5), Noise(tmp_path), tmp_path)
    with pytest.raises(UserError, match="not 16 px"):
        run(found, replace(TINY, network="ResNet-18"), Noise(tmp_path), tmp_path)
    with pytest.raises(UserError, match="has 16 images"):
        run(found, replace(TINY, n_train=16), Noise(tmp_path), tmp_path)
    with pytest.raises(ValueError, match="need a refiller"):
        run(found, TINY, None, tmp_path)
    assert list(tmp_path.iterdir()) == []


class Wrong(Noise):
    """Its images are not what was asked for."""

    def refill(
        self, remaining: StudyImages, wanted: Mapping[int, int], arm: str, random_state: int, progress: Progress
    ) -> StudyImages:
        made = super().refill(remaining, wanted, arm, random_state, progress)
        if arm == S3VAE:
            return made.at(np.arange(len(made) - 1))
        return replace(made, images=made.images * 3)


@pytest.mark.parametrize(("arm", "said"), [(S3VAE, "are needed"), (C_VAE, r"must lie in \[0, 1\]")])
def test_sets_that_are_not_what_was_asked_for_are_refused(arm: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        run(few_digits(N_PER_CLASS), replace(TINY, arms=(FULL, DISCARD, arm)), Wrong(tmp_path), tmp_path)


def test_the_vaes_themselves_are_made_of_the_settings() -> None:
    changed = replace(TINY, n_layers=3, K=0.5, sigma=0.2, vae_steps=7, random_state=4)
    assert {arm: (vae.n_layers, vae.K, vae.sigma, vae.plan) for arm, vae in changed.vaes.items()} == {
        S3VAE: (3, 0.5, 0.2, "8x8"),
        C_VAE: (3, 0.5, 0.0, "batch"),
    }
    assert {(vae.steps, vae.size, vae.channels, vae.random_state) for vae in changed.vaes.values()} == {(7, 16, 1, 4)}
    assert replace(TINY, arms=(FULL, DISCARD, DUPLICATE)).vaes == {}
