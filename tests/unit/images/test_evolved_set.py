"""From images to generators to an evolved set: judged on images never seen, stopped and gone on with bit for bit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, UserError
from core.images.class_generators import FEATURES, GENERATOR, class_folder, train_generators
from core.images.dataset import ImageSet, digits
from core.images.evolved_set import as_image_set, evolve_class
from core.images.features import Features
from core.images.features_file import load_features
from core.images.live_view import of_search, of_training, sets_of
from core.images.prepared import HELD_OUT, prepared
from core.images.settings import EvolutionSettings, GanSettings
from core.images.weakness import weakness
from core.types import Quiet

pytestmark = pytest.mark.usefixtures("few_feature_steps", "one_thread")
GAN = GanSettings(size=16, steps=12, check_every=6, batch=8)
SEARCH = EvolutionSettings(population=4, generations=6, n_images=5, operators="vector")


@pytest.fixture(scope="module")
def few() -> ImageSet:
    everything = digits()
    chosen = np.concatenate([np.flatnonzero(everything.labels == label)[:20] for label in (0, 1, 2)])
    return replace(everything.at(chosen), classes=everything.classes[:3])


@pytest.fixture(scope="module")
def trained(few: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("generators")
    return folder, train_generators(few, ["1", "2"], GAN, folder)


def test_a_quarter_is_held_out_and_never_trained_on(few: ImageSet) -> None:
    data = prepared(few, GAN.size, GAN.channels, GAN.random_state)
    assert len(data.held_out) == round(HELD_OUT * len(few))
    trained_on = {image.tobytes() for image in data.images}
    assert not trained_on & {image.tobytes() for image in data.held_out}
    assert data.images.shape[1:] == (1, 16, 16)


def test_the_result_says_how_good_each_generator_is(trained: tuple[Path, dict]) -> None:
    folder, result = trained
    json.dumps(result, allow_nan=False)
    assert list(result["classes"]) == ["1", "2"]
    for told in result["classes"].values():
        own = class_folder(folder, told["label"])
        assert (own / GENERATOR).is_file()
        seen = of_training(own)
        assert seen is not None
        assert (seen.step, seen.history["step"]) == (12, [6.0, 12.0])
        assert told["beside"]["held_out"]["n"] == 5
        assert "KID" in weakness(told["beside"])  # twelve steps make no digits


def test_a_strong_generator_is_not_called_weak() -> None:
    real = {"kid": 0.2, "precision": 0.9}
    assert weakness({"synthetic": {"kid": 0.8, "precision": 0.88}, "held_out": real}) == ""
    assert "KID is 8.0 (held-out images are at 0.2)" in weakness(
        {"synthetic": {"kid": 8.0, "precision": 0.88}, "held_out": real}
    )
    assert "only 30 %" in weakness({"synthetic": {"kid": 0.9, "precision": 0.3}, "held_out": real})


def test_features_come_back_to_the_last_bit(trained: tuple[Path, dict], few: ImageSet, tmp_path: Path) -> None:
    data = prepared(few, GAN.size, GAN.channels, GAN.random_state)
    fitted = Features.fit(data.images, data.labels, GAN.random_state)
    kept = load_features(trained[0] / FEATURES)
    assert np.array_equal(kept.of(data.images), fitted.of(data.images))
    (tmp_path / FEATURES).write_bytes((trained[0] / FEATURES).read_bytes()[:-7])
    with pytest.raises(UserError, match="does not hold the features"):
        load_features(tmp_path / FEATURES)


def test_a_search_gone_on_with_ends_as_one_that_never_stopped(
    trained: tuple[Path, dict], few: ImageSet, tmp_path: Path
) -> None:
    class StopAtThree(Quiet):
        def __init__(self) -> None:
            self.n = 0

        def report(self, done: float, total: float, message: str = "") -> None:
            self.n += 1

        def cancelled(self) -> bool:
            return self.n >= 3

    whole = evolve_class(trained[0], few, "1", SEARCH, 3, tmp_path / "whole")
    with pytest.raises(Cancelled):
        evolve_class(trained[0], few, "1", SEARCH, 3, tmp_path / "cut", StopAtThree())
    assert evolve_class(trained[0], few, "1", SEARCH, 3, tmp_path / "cut") == whole
    first, second = sets_of(tmp_path / "whole"), sets_of(tmp_path / "cut")
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert first["evolved.images"].shape == first["random.images"].shape == (5, 1, 16, 16)
    seen = of_search(tmp_path / "whole")
    assert seen is not None
    assert set(seen.sheets) == {"first", "evolved"}
    json.dumps(whole, allow_nan=False)


def test_a_set_is_nobodys(trained: tuple[Path, dict]) -> None:
    images = np.random.default_rng(0).uniform(0, 1, (4, 1, 16, 16))
    found = as_image_set(images, "1")
    assert found.classes == ("1",)
    assert set(found.people) == {""}
    assert len(set(found.hashes)) == 4


def test_a_class_that_is_not_there_is_named(few: ImageSet, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no class 7"):
        train_generators(few, ["7"], GAN, tmp_path)
    with pytest.raises(UserError, match="not a generator"):
        evolve_class(tmp_path, few, "1", SEARCH, 0, tmp_path / "out")
