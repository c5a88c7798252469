"""A VAE of a set, judged beside held-out images: what is kept, what is told, what stays the same after a stop."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, UserError
from core.images.dataset import ImageSet, digits
from core.images.prepared import HELD_OUT, prepared
from core.images.settings import VaeSettings
from core.images.split import split
from core.images.trained_vae import TrainedVae
from core.images.vae_sweep import sweep, sweep_csv
from core.images.vae_training import VAE, drawn_set, train_vae
from core.images.vae_view import codes_of, of_vae
from core.images.vae_words import sweep_words, training_words
from core.types import Quiet
from core.variational import PER_IMAGE

pytestmark = pytest.mark.usefixtures("few_feature_steps", "one_thread")
SHORT = VaeSettings(size=16, n_layers=3, latent=6, steps=20, check_every=10)


class StopAt(Quiet):
    """Cancels once a share of the work is done."""

    def __init__(self, share: float) -> None:
        self.share, self.reached = share, 0.0

    def report(self, done: float, total: float, message: str = "") -> None:
        self.reached = done / total

    def cancelled(self) -> bool:
        return self.reached >= self.share


@pytest.fixture(scope="module")
def few() -> ImageSet:
    every = digits()
    first = every.at(np.flatnonzero(every.labels < 2)[:80])
    return replace(first, classes=("0", "1"))


@pytest.fixture(scope="module")
def trained(few: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("vae")
    return folder, train_vae(few, SHORT, folder)


def test_it_is_judged_on_images_that_it_never_saw(few: ImageSet, trained: tuple[Path, dict]) -> None:
    _, result = trained
    assert (result["n_train"], result["n_held_out"]) == (60, 20)
    assert list(result["classes"]) == ["0", "1"]
    for told in result["classes"].values():
        assert told["beside"]["held_out"]["n"] == 10
        assert told["beside"]["synthetic"]["kid"] > told["beside"]["held_out"]["kid"]  # after 20 steps it is all grey
    assert result["history"]["step"] == [10, 20]
    assert len(result["history"]["kl_per_unit"][0]) == 6
    json.dumps(result, allow_nan=False)


def test_what_it_shows_is_read_without_the_network(few: ImageSet, trained: tuple[Path, dict]) -> None:
    folder, result = trained
    seen = of_vae(folder)
    assert seen is not None
    assert seen.step == 20
    assert seen.history["loss"] == result["history"]["loss"]
    assert list(seen.sheets) == ["originals", "reconstructed", "drawn"]
    assert not np.array_equal(seen.sheets["originals"], seen.sheets["reconstructed"])
    codes = codes_of(folder)
    assert codes is not None
    assert codes[0].shape == (80, 6)
    assert np.bincount(codes[1]).tolist() == list(few.n_per_class.values())
    assert of_vae(folder / "nowhere") is None


def test_a_stopped_one_goes_on_to_the_same_result(few: ImageSet, trained: tuple[Path, dict], tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        train_vae(few, SHORT, tmp_path, StopAt(0.6))
    result = train_vae(few, SHORT, tmp_path)
    assert result == trained[1]
    assert (tmp_path / VAE).read_bytes() == (trained[0] / VAE).read_bytes()


def test_new_images_are_a_set_of_nobody_with_its_classes(few: ImageSet, trained: tuple[Path, dict]) -> None:
    vae = TrainedVae.load(trained[0] / VAE)
    data = prepared(few, 16, 1, 0)
    made = drawn_set(vae, data, {"1": 1}, 5, 3, "posterior")
    assert (made.classes, len(made), made.images.shape[1:]) == (("1",), 5, (16, 16, 1))
    assert set(made.people) == {""}
    again, other = (drawn_set(vae, data, {"1": 1}, 5, seed, "posterior") for seed in (3, 4))
    np.testing.assert_array_equal(made.images, again.images)
    assert not np.array_equal(made.images, other.images)


def test_with_a_network_of_each_image_nothing_is_told_of_images_it_does_not_know(few: ImageSet, tmp_path: Path) -> None:
    some = few.at(np.arange(40))
    settings = replace(SHORT, plan=PER_IMAGE, steps=60, check_every=60)
    result = train_vae(some, settings, tmp_path)
    assert result["reconstruction"] is None
    assert codes_of(tmp_path) is None
    headline, rest = training_words(result)
    assert headline == "Each of the 30 images has a network of its own"
    assert "Held-out images come back" not in rest
    with pytest.raises(UserError, match="cannot be swept"):
        sweep(some, settings)


def test_held_out_images_choose_nothing(few: ImageSet, trained: tuple[Path, dict], tmp_path: Path) -> None:
    """Others in their place leave the network as it is."""
    _, held_out = split(few, HELD_OUT, SHORT.random_state)
    images = few.images.copy()
    images[np.isin(few.hashes, held_out.hashes)] = 255
    result = train_vae(replace(few, images=images), SHORT, tmp_path)
    assert (tmp_path / VAE).read_bytes() == (trained[0] / VAE).read_bytes()
    assert result["reconstruction"] != trained[1]["reconstruction"]


def words_of(synthetic: float | None, held_out: float) -> str:
    beside = {"synthetic": {"kid": synthetic}, "held_out": {"kid": held_out}}
    return training_words(
        {"settings": {"latent": 32, "plan": "8x8"}, "n_active": 3, "step": 5, "reconstruction": 2.345,
         "classes": {"a": {"beside": beside}, "b": {"beside": {"synthetic": {"kid": None}, "held_out": {"kid": 0.0}}}}}
    )[1]  # fmt: skip


def test_the_words_follow_the_numbers() -> None:
    assert "The KID of new images is 1.50, that of held-out ones 0.20, means over the classes." in words_of(1.5, 0.2)
    assert "squared error of 2.35 an image" in words_of(None, 0.2)
    assert "KID" not in words_of(None, 0.2)


def row(sigma: float, K: float, n_active: int, kid: float | None) -> dict:
    return {"sigma": sigma, "K": K, "n_active": n_active, "kid": kid}


def test_a_sweep_is_told_by_how_far_each_setting_moves_it_alone() -> None:
    """By hand: sigma moves the KID by .4 (K .1) and .1 (K 1), the units by 2 and 1; K by 3.2 and 3.5, 20 and 19."""
    rows = [row(0, 0.1, 30, 1.0), row(0, 1, 10, 4.5), row(0.3, 0.1, 28, 1.4), row(0.3, 1, 9, 4.6)]
    said = sweep_words({"rows": rows})
    said = said.replace("all else alike, the ", "")
    assert "From σ = 0 to 0.3, KID changes by up to 0.40 and the number of active units by up to 2." in said
    assert "From K = 0.1 to 1, KID changes by up to 3.50 and the number of active units by up to 20." in said
    assert "one training" in said
    assert "KID" not in sweep_words({"rows": [row(0, 1, 3, None), row(1, 1, 3, None)]})


def test_a_sweep_trains_each_pair_once_and_takes_over_what_is_finished(few: ImageSet) -> None:
    kept: dict[str, dict] = {}
    settings = replace(SHORT, steps=4, check_every=4)
    result = sweep(few, settings, None, None, kept.__setitem__, sigmas=(0.0, 0.3), Ks=(0.1,))
    assert [(row["sigma"], row["K"]) for row in result["rows"]] == [(0.0, 0.1), (0.3, 0.1)]
    assert result["held_out"]["kid"] < min(row["kid"] for row in result["rows"])
    told = dict(kept)
    first = next(iter(told))
    told[first] = {**told[first], "kid": -7.0}
    again = sweep(few, settings, None, told, pytest.fail, sigmas=(0.0, 0.3), Ks=(0.1,))
    assert again["rows"][0]["kid"] == -7.0
    assert again["rows"][1] == result["rows"][1]
    lines = sweep_csv(result).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("sigma,K,step,n_active")
