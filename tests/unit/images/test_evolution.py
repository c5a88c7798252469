"""The supervisor: its fitness by the paper's equations, what it does not compute again, and stop, kill and go on."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, UserError
from core.genetic import NEW, evolve
from core.images import evolution_checkpoint
from core.images.evolution import DiverseImages, Evolved, evolve_images
from core.images.settings import EVOLUTION_LIVE, EVOLUTION_PAPER, SIMILARITIES
from core.images.similarity import MEASURES
from core.settings import GeneticSettings
from core.types import Quiet
from tests.unit.images.evolving import SETTINGS, Decoder, brightness, originals

ROOT = Path(__file__).resolve().parents[3]


class StopsAt(Quiet):
    def __init__(self, generation: int) -> None:
        self._generation, self._reached = generation, -1.0

    def report(self, done: float, total: float, message: str = "") -> None:
        self._reached = done

    def cancelled(self) -> bool:
        return self._reached >= self._generation - 1


def assert_same(one: Evolved, other: Evolved) -> None:
    for name in ("images", "latents", "first_images", "first_latents"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert one.history.keys() == other.history.keys()
    for name in one.history:
        np.testing.assert_array_equal(one.history[name], other.history[name], err_msg=name)


def by_the_equations(images: np.ndarray, real: np.ndarray, similarity: str) -> float:
    """F of one set (q, c, s, s), image by image as equations 1 to 3 are written."""
    joined = np.concatenate([images, real]).astype(float)
    centre = (sum(joined) / len(joined)).ravel()
    return sum(MEASURES[similarity](image.ravel()[None].astype(float), centre)[0] for image in images) / len(images)


def pair_distance(images: np.ndarray) -> float:
    apart = [np.linalg.norm(one - other) for k, one in enumerate(images) for other in images[:k]]
    return float(np.mean(apart))


def test_the_presets_are_those_of_table_3_and_of_minutes() -> None:
    for name, value in vars(GeneticSettings(20, 500, 1, 3, 0.7, 0.02, "gene")).items():
        assert getattr(EVOLUTION_PAPER, name) == value
    assert (EVOLUTION_PAPER.latent, EVOLUTION_PAPER.n_images, EVOLUTION_PAPER.similarity) == (100, 40, "ncc")
    assert not EVOLUTION_PAPER.gate
    assert replace(EVOLUTION_PAPER, generations=150, operators="vector", gate=True) == EVOLUTION_LIVE


@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_fitness_is_equation_3_plus_the_gate(similarity: str) -> None:
    settings = replace(SETTINGS, similarity=similarity)
    decode, real = Decoder(), originals()
    problem = DiverseImages(decode, real, brightness, settings)
    population = problem.draw(8 * 5, np.random.default_rng(0)).reshape(8, 5, -1)
    fitness, told = problem.evaluate(population, np.full((8, 5), NEW))
    for k, latents in enumerate(population):
        images = decode(latents)
        gate = sum(0.1 * max(0.0, 0.9 - image.mean()) for image in images) / 5
        assert told["gate"][k] == pytest.approx(gate, abs=1e-6)
        assert told["similarity"][k] == pytest.approx(by_the_equations(images, real, similarity), abs=1e-6)
        assert fitness[k] == pytest.approx(told["similarity"][k] + gate, abs=1e-6)
        assert told["class_probability"][k] == pytest.approx(images.mean())


def test_the_gate_is_nothing_from_a_probability_of_nine_tenths_on() -> None:
    problem = DiverseImages(Decoder(), originals(), lambda images: np.array([1.0, 0.9, 0.4, 0.0]), SETTINGS)
    _, told = problem.evaluate(problem.draw(4, np.random.default_rng(0))[None], np.full((1, 4), NEW))
    assert told["gate"] == pytest.approx([(0.0 + 0.0 + 0.05 + 0.09) / 4])


@pytest.mark.parametrize("operators", ["gene", "vector"])
def test_kept_images_are_those_of_their_vectors_and_only_new_ones_are_decoded(operators: str) -> None:
    settings = replace(SETTINGS, operators=operators)
    decode, scored = Decoder(), []

    def probability(images: np.ndarray) -> np.ndarray:
        scored.append(len(images))
        return brightness(images)

    problem = DiverseImages(decode, originals(), probability, settings)
    for search in evolve(problem, 5, settings, np.random.default_rng(1)):
        fresh = Decoder()(search.population.reshape(40, -1))
        np.testing.assert_array_equal(problem.images, fresh)
        np.testing.assert_array_equal(problem.sure, brightness(fresh))
    assert decode.sizes == scored
    assert decode.sizes[0] == 40
    assert len(decode.sizes) <= 31  # a batch a generation
    assert max(decode.sizes[1:]) <= 35  # never the elite
    if operators == "vector":
        assert sum(decode.sizes[1:]) / (30 * 35) == pytest.approx(0.05, abs=0.02)  # as often as vectors are reset


def test_every_generation_is_told_and_the_best_never_gets_worse() -> None:
    told: list[Evolved] = []
    last = evolve_images(Decoder(), originals(), brightness, SETTINGS, 3, on_generation=told.append)
    assert [each.generation for each in told] == list(range(31))
    assert_same(told[-1], last)
    best, history = last.history["best"], last.history
    assert (np.diff(best) <= 0).all()
    assert best[-1] < best[0]
    np.testing.assert_allclose(history["similarity"] + history["gate"], best, atol=1e-6)
    for each in told:
        np.testing.assert_array_equal(each.images, Decoder()(each.latents))
        np.testing.assert_array_equal(each.first_latents, told[0].latents)
        np.testing.assert_array_equal(each.first_images, told[0].images)
        now = {name: values[-1] for name, values in each.history.items()}
        assert now["similarity"] == pytest.approx(by_the_equations(each.images, originals(), "ncc"), abs=1e-6)
        assert now["pair_distance"] == pytest.approx(pair_distance(each.images), rel=1e-5)
        assert now["class_probability"] == pytest.approx(each.images.mean(), abs=1e-6)
        assert now["best"] <= now["mean"]
        assert now["diversity"] > 0


def random_pair_distance() -> float:
    images = Decoder()(np.random.default_rng(5).standard_normal((400, 6), np.float32))
    return float(np.mean([pair_distance(images[first : first + 5]) for first in range(0, 400, 5)]))


@pytest.mark.parametrize(("similarity", "times"), [("ncc", 1.2), ("zncc", 1.03), ("eq4", 1.3)])
def test_sets_become_more_diverse_than_random_ones_by_every_similarity(similarity: str, times: float) -> None:
    settings = replace(SETTINGS, similarity=similarity, generations=60, gate=False)
    evolved = evolve_images(Decoder(), originals(), None, settings)
    assert "class_probability" not in evolved.history
    assert not evolved.history["gate"].any()
    assert evolved.history["pair_distance"][-1] > times * random_pair_distance()


def test_equation_4_as_printed_would_make_them_less_diverse(monkeypatch: pytest.MonkeyPatch) -> None:
    right = MEASURES["eq4"]
    monkeypatch.setitem(MEASURES, "eq4", lambda images, centre: -right(images, centre))
    settings = replace(SETTINGS, similarity="eq4", generations=60, gate=False)
    evolved = evolve_images(Decoder(), originals(), None, settings)
    assert evolved.history["pair_distance"][-1] < 0.8 * random_pair_distance()


def test_real_digits_become_more_diverse_and_the_gate_keeps_them_in_their_class() -> None:
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    pixels = (pixels / 16).astype(np.float32)
    threes, means = pixels[labels == 3], np.array([pixels[labels == digit].mean(axis=0) for digit in range(10)])
    mean = threes.mean(axis=0)
    _, spread, axes = np.linalg.svd(threes - mean, full_matrices=False)
    axes = (spread[:10, None] * axes[:10] / np.sqrt(len(threes))).astype(np.float32)

    def decode(z: np.ndarray) -> np.ndarray:
        return np.clip(mean + z @ axes, 0, 1).reshape(-1, 1, 8, 8)

    def probability(images: np.ndarray) -> np.ndarray:
        away = ((images.reshape(-1, 1, 64) - means) ** 2).sum(axis=2)
        surely = np.exp(-2 * (away - away.min(axis=1, keepdims=True)))
        return surely[:, 3] / surely.sum(axis=1)

    settings = replace(EVOLUTION_LIVE, generations=100, n_images=12, latent=10)
    real = threes.reshape(-1, 1, 8, 8)
    gated = evolve_images(decode, real, probability, settings).history
    free = evolve_images(decode, real, probability, replace(settings, gate=False)).history
    for history in (gated, free):
        assert history["pair_distance"][-1] > history["pair_distance"][0]
        assert history["similarity"][-1] < history["similarity"][0]
    assert gated["class_probability"][-1] > free["class_probability"][-1] + 0.1


@pytest.mark.parametrize("operators", ["gene", "vector"])
def test_a_cancelled_search_goes_on_to_the_same_bits(operators: str, tmp_path: Path) -> None:
    settings = replace(SETTINGS, operators=operators)
    whole = evolve_images(Decoder(), originals(), brightness, settings, 3)
    for generation in (1, 2, 17):
        with pytest.raises(Cancelled):
            evolve_images(Decoder(), originals(), brightness, settings, 3, StopsAt(generation), tmp_path)
    told: list[Evolved] = []
    decode = Decoder()
    assert_same(evolve_images(decode, originals(), brightness, settings, 3, None, tmp_path, told.append), whole)
    assert [each.generation for each in told] == list(range(18, 31))
    again = Decoder()
    assert_same(evolve_images(again, originals(), brightness, settings, 3, None, tmp_path), whole)
    assert again.sizes == [5]  # only to see that it is the same decoder


def test_a_killed_process_loses_seconds_and_changes_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-m", "tests.unit.images.evolving", str(tmp_path)], cwd=ROOT)
    kept, deadline = tmp_path / evolution_checkpoint.NAME, time.monotonic() + 60
    try:
        while not kept.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.3)
    finally:
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    told: list[Evolved] = []
    resumed = evolve_images(Decoder(), originals(), brightness, SETTINGS, 3, None, tmp_path, told.append)
    assert 1 <= told[0].generation <= 30
    assert_same(resumed, evolve_images(Decoder(), originals(), brightness, SETTINGS, 3))


@pytest.mark.parametrize("changed", ["settings", "seed", "originals", "decoder", "classifier", "damaged", "other"])
def test_what_another_search_left_is_not_taken_over(changed: str, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        evolve_images(Decoder(), originals(), brightness, SETTINGS, 3, StopsAt(4), tmp_path)
    kept = tmp_path / evolution_checkpoint.NAME
    if changed == "damaged":
        kept.write_bytes(kept.read_bytes()[:-400])
    if changed == "other":
        np.savez(kept, images=np.zeros(3))
    settings = replace(SETTINGS, crossover=0.5) if changed == "settings" else SETTINGS
    real, seed = originals(8 if changed == "originals" else 7), 4 if changed == "seed" else 3
    decode = Decoder(1.5 if changed == "decoder" else 1.0)
    probability = (lambda images: brightness(images) ** 2) if changed == "classifier" else brightness
    told: list[Evolved] = []
    evolved = evolve_images(decode, real, probability, settings, seed, None, tmp_path, told.append)
    assert told[0].generation == 0
    assert_same(evolved, evolve_images(decode, real, probability, settings, seed))


def test_a_full_disk_is_told_and_leaves_the_last_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Cancelled):
        evolve_images(Decoder(), originals(), brightness, SETTINGS, 3, StopsAt(4), tmp_path)
    before = (tmp_path / evolution_checkpoint.NAME).read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(UserError, match="disk is full"):
        evolve_images(Decoder(), originals(), brightness, SETTINGS, 3, None, tmp_path)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(evolution_checkpoint.NAME, before)]


def test_checkpoints_come_every_few_seconds_and_less_often_where_they_take_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, written, save = [0.0], [], np.savez

    def slow(path: Path, **arrays: np.ndarray) -> None:
        written.append(now[0])
        now[0] += 0.5
        save(path, **arrays)

    def second(_: Evolved) -> None:
        now[0] += 1.0

    monkeypatch.setattr(evolution_checkpoint.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(np, "savez", slow)
    evolve_images(Decoder(), originals(), brightness, SETTINGS, 3, None, tmp_path, second)
    # After 3 s; half a second of writing is a twentieth of 10 s, so not before 13.5 s; then at 24 s; and at the end.
    assert written == [3.0, 13.5, 24.0, 32.5]


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="class gate"):
        evolve_images(Decoder(), originals(), None, SETTINGS)
    with pytest.raises(ValueError, match="similarity"):
        evolve_images(Decoder(), originals(), brightness, replace(SETTINGS, similarity="ssim"))
    with pytest.raises(UserError, match="elite"):
        evolve_images(Decoder(), originals(), brightness, replace(SETTINGS, elite=8))


def test_one_image_is_a_set_too() -> None:
    evolved = evolve_images(Decoder(), originals(), brightness, replace(SETTINGS, n_images=1))
    assert evolved.images.shape == (1, 1, 4, 4)
    assert np.isnan(evolved.history["pair_distance"]).all()
