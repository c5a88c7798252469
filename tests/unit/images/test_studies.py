"""A study ends the same however it was stopped and whoever worked, and generators see training images alone."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, GuardError, UserError
from core.images.set_files import SetFiles
from core.images.settings import ARMS, CLASSIC, COPIES, EVOLVED_SET, ORIGINAL, RANDOM_SET
from core.images.studies import run
from core.images.study_parts import enlarged, evaluate, parts_of
from core.images.study_split import StudyImages, joined, study_split
from core.images.synthetic_sets import SyntheticSet
from core.types import Progress, Quiet
from tests.unit.images.studied import TINY, Maker, few_digits, marked, study_images


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict, Path]:
    """A study without a stop: its result, its parts and its folder."""
    folder, parts = tmp_path_factory.mktemp("whole"), {}
    result = run(few_digits(), TINY, Maker(folder), folder, on_result=parts.__setitem__)
    return json.loads(json.dumps(result)), json.loads(json.dumps(parts)), folder


def test_every_arm_has_every_seed_metric_and_epoch(whole: tuple[dict, dict, Path]) -> None:
    result, parts, _ = whole
    assert [row["arm"] for row in result["arms"]] == list(ARMS)
    assert len(parts) == 2 + 2 * 2 * 2 + 5 * 2 * 2
    for row in result["arms"]:
        assert len(row["seeds"]) == 2
        assert len(row["training_accuracy"]) == len(row["validation_accuracy"]) == TINY.epochs
        assert row["n_originals"] == 6
        assert row["n_synthetic"] == (6 if row["arm"] in (RANDOM_SET, EVOLVED_SET) else 0)
        for seed, metrics in enumerate(row["seeds"]):
            models = [parts[f"fit/{row['arm']}/{seed}/{fold}"] for fold in range(2)]
            assert metrics["accuracy"] == sum(model["metrics"]["accuracy"] for model in models) / 2
    assert result["n_train"] == {"0": 6, "1": 6}
    assert result["n_test"] == {"0": 6, "1": 6}
    assert result["generators"] == {"0": {"kid": 0.5}, "1": {"kid": 1.5}}
    assert [row["class"] for row in result["evolutions"]] == ["0", "1"]
    assert all(row["history"]["mean"] == [1.0, 0.95] for row in result["evolutions"])
    assert [(row["arm"], row["than"]) for row in result["differences"]] == [
        *((arm, ORIGINAL) for arm in ARMS[1:]),
        *((arm, COPIES) for arm in (RANDOM_SET, EVOLVED_SET, CLASSIC)),
        *((EVOLVED_SET, arm) for arm in (RANDOM_SET, CLASSIC)),
    ]


def test_generators_see_training_images_alone(whole: tuple[dict, dict, Path]) -> None:
    images = StudyImages.of(few_digits(), 16, 1, 2)
    split = study_split(images, TINY.n_train, TINY.random_state)
    assert Maker(whole[2]).seen == set(images.hashes[split.train])


class Impatient(Quiet):
    """Cancels once so many parts are kept."""

    def __init__(self, kept: dict, n: int) -> None:
        self._kept, self._n = kept, n

    def cancelled(self) -> bool:
        return len(self._kept) >= self._n


@pytest.mark.parametrize("n", [1, 6, 17])
def test_a_stopped_study_goes_on_and_ends_the_same(n: int, whole: tuple[dict, dict, Path], tmp_path: Path) -> None:
    kept: dict = {}
    with pytest.raises(Cancelled):
        run(few_digits(), TINY, Maker(tmp_path), tmp_path, Impatient(kept, n), on_result=kept.__setitem__)
    asked = Maker(tmp_path).asked
    again: dict = {}
    result = run(
        few_digits(),
        TINY,
        Maker(tmp_path),
        tmp_path,
        finished=json.loads(json.dumps(kept)),
        on_result=again.__setitem__,
    )
    assert json.loads(json.dumps(result)) == whole[0]
    assert len(kept) == n
    assert not set(again) & set(kept)
    assert len(Maker(tmp_path).asked) == 10  # nothing is made twice
    assert Maker(tmp_path).asked[: len(asked)] == asked


def test_two_processes_find_what_one_finds(whole: tuple[dict, dict, Path], tmp_path: Path) -> None:
    result = run(few_digits(), TINY, Maker(tmp_path), tmp_path, n_processes=2)
    assert json.loads(json.dumps(result)) == whole[0]


def test_sets_are_kept_bit_for_bit_and_a_damaged_one_is_made_again(whole: tuple[dict, dict, Path]) -> None:
    result, parts, folder = whole
    file = folder / "sets" / "set-evolved-1-0.npz"
    before = SetFiles(file.parent).load(parts["set/evolved/1/0"])
    assert before is not None
    assert before.shape == (6, 1, 16, 16)
    n_asked = len(Maker(folder).asked)
    np.savez(file, images=before[::-1])
    assert SetFiles(file.parent).load(parts["set/evolved/1/0"]) is None
    again: dict = {}
    found = run(few_digits(), TINY, Maker(folder), folder, finished=parts, on_result=again.__setitem__)
    assert json.loads(json.dumps(found)) == result
    assert list(again) == ["set/evolved/1/0"]
    assert len(Maker(folder).asked) == n_asked + 1
    assert np.array_equal(SetFiles(file.parent).load(again["set/evolved/1/0"]), before)


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_set_whose_file_is_gone_or_damaged_is_not_taken(content: bytes | None, tmp_path: Path) -> None:
    images = np.random.default_rng(0).random((3, 1, 4, 4), np.float32)
    kept = SetFiles(tmp_path).keep("one", images)
    assert kept["n"] == 3
    assert np.array_equal(SetFiles(tmp_path).load(kept), images)
    if content is None:
        (tmp_path / "one.npz").unlink()
    else:
        (tmp_path / "one.npz").write_bytes(content)
    assert SetFiles(tmp_path).load(kept) is None


def test_progress_grows_to_its_total_and_a_resumed_study_begins_where_it_stood(
    whole: tuple[dict, dict, Path],
) -> None:
    class Listener(Quiet):
        def __init__(self) -> None:
            self.told: list[tuple[float, float]] = []

        def report(self, done: float, total: float, message: str = "") -> None:
            self.told.append((done, total))

    _, parts, folder = whole
    listener = Listener()
    some = {key: part for i, (key, part) in enumerate(parts.items()) if i != len(parts) - 1}
    run(few_digits(), TINY, Maker(folder), folder, listener, finished=some)
    done, total = zip(*listener.told, strict=True)
    assert len(set(total)) == 1
    assert list(done) == sorted(done)
    assert done[0] > 0.9 * total[0]
    assert done[-1] == pytest.approx(total[0])


def test_without_gan_arms_no_set_is_made(tmp_path: Path) -> None:
    chosen = replace(TINY, arms=(ORIGINAL, COPIES), n_seeds=1, epochs=1)
    result = run(few_digits(), chosen, Maker(tmp_path), tmp_path)
    assert Maker(tmp_path).asked == []
    assert result["generators"] == {}
    assert result["evolutions"] == []
    assert result["arms"][0]["metrics"]["accuracy"]["ci"] is None


def test_arms_differ_in_their_images_alone() -> None:
    images = study_images(few_digits(8))
    originals = images.at(np.arange(0, 80, 2))
    synthetic = marked(images)
    sizes = {arm: enlarged(arm, originals, synthetic, 0) for arm in ARMS}
    assert len(sizes[ORIGINAL]) == 40
    assert {len(sizes[arm]) for arm in ARMS[1:]} == {80}
    for arm in (RANDOM_SET, EVOLVED_SET):
        added = sizes[arm].at(sizes[arm].synthetic)
        assert added.n_per_class == originals.n_per_class
        assert len(np.unique(added.images, axis=0)) == 40
    assert np.array_equal(sizes[COPIES].images[40:], originals.images)
    assert not sizes[CLASSIC].synthetic.any()
    with pytest.raises(ValueError, match="needs synthetic images"):
        enlarged(EVOLVED_SET, originals, None, 0)


def test_fold_models_of_a_seed_begin_alike_in_every_arm() -> None:
    images = study_images(few_digits(8))
    parts = parts_of(images, replace(TINY, n_folds=4)).values()
    for seed in range(2):
        for fold in range(4):
            same = [part for part in parts if (part.seed, part.fold) == (seed, fold)]
            assert [part.arm for part in same] == list(ARMS)
            assert len({part.random_state for part in same}) == 1
            assert len({tuple(part.validation) for part in same}) == 1
    assert len({part.random_state for part in parts}) == 8


def test_a_fold_model_never_judges_what_it_was_trained_on() -> None:
    images = study_images(few_digits(8))
    train, test = images.at(np.arange(0, 80, 2)), images.at(np.arange(1, 80, 2))
    part = next(iter(parts_of(train, TINY).values()))
    with pytest.raises(GuardError, match="synthetic images would be tested on"):
        evaluate(train, joined(test, marked(test)), None, part, TINY)
    with pytest.raises(GuardError, match="synthetic images would be validated on"):
        evaluate(marked(train), test, None, part, TINY)
    with pytest.raises(GuardError, match="both trained and tested on"):
        evaluate(train, joined(test, train), None, part, TINY)
    with pytest.raises(GuardError, match="both trained and validated on"):
        evaluate(train, test, None, replace(part, validation=part.train), TINY)


def test_copies_in_the_data_stop_a_study(tmp_path: Path) -> None:
    found = few_digits()
    with pytest.raises(GuardError, match="copies of others"):
        run(found.at(np.r_[0:24, 0]), TINY, Maker(tmp_path), tmp_path)


class Wrong(Maker):
    def make(
        self, originals: StudyImages, label: int, random_state: int, kind: str, progress: Progress
    ) -> SyntheticSet:
        made = super().make(originals, label, random_state, kind, progress)
        return SyntheticSet(made.images[: 3 + label] * (1 + 2 * label))


def test_a_set_that_is_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 6 float32 images"):
        run(few_digits(), TINY, Wrong(tmp_path), tmp_path)


def test_cancel_ends_a_fold_model_within_two_seconds(tmp_path: Path) -> None:
    class Timed(Quiet):
        at = 0.0

        def report(self, done: float, total: float, message: str = "") -> None:
            if message.startswith("Classifier") and not self.at:
                self.at = time.monotonic() + 0.5

        def cancelled(self) -> bool:
            return 0 < self.at < time.monotonic()

    for n_processes in (0, 1):
        progress = Timed()
        with pytest.raises(Cancelled):
            run(
                few_digits(), replace(TINY, epochs=20_000, arms=(ORIGINAL,)), Maker(tmp_path), tmp_path, progress,
                n_processes=n_processes,
            )  # fmt: skip
        assert time.monotonic() - progress.at < 2


def test_what_cannot_be_studied_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Class 0 has 12 images"):
        run(few_digits(), replace(TINY, n_train=12), Maker(tmp_path), tmp_path)
    with pytest.raises(ValueError, match="arms must be of"):
        run(few_digits(), replace(TINY, arms=(EVOLVED_SET,)), Maker(tmp_path), tmp_path)
    with pytest.raises(UserError, match="ResNet-18 is for images of 32 to 256 px, not 16 px"):
        run(few_digits(), replace(TINY, network="ResNet-18"), Maker(tmp_path), tmp_path)
