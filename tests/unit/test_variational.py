"""The loss of a variational autoencoder by hand, what a step draws, and when a posterior counts as collapsed."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.variational import (
    ACTIVE_FROM,
    BATCH,
    COMBINATIONS,
    EIGHT_BY_EIGHT,
    ONE_BY_64,
    PER_IMAGE,
    PLANS,
    active_units,
    collapse_words,
    drawn,
    kl_per_unit,
    kl_term,
    kl_weight,
    latents,
)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_kl_by_hand() -> None:
    mean = torch.tensor([[0.0, 1.0, 0.0], [0.0, 3.0, 2.0]])
    log_variance = torch.tensor([[0.0, 0.0, math.log(4)], [0.0, 0.0, math.log(0.25)]])
    # unit 1: N(0, 1) is the prior. unit 2: (1² / 2 + 3² / 2) / 2.
    # unit 3: ((4 - 1 - ln 4) / 2 + (0.25 + 4 - 1 + ln 4) / 2) / 2 = 6.25 / 4
    assert kl_per_unit(mean, log_variance).tolist() == pytest.approx([0.0, 2.5, 1.5625])


@settings(deadline=None, max_examples=50)
@given(mean=st.floats(-5, 5), log_variance=st.floats(-5, 5))
def test_kl_is_that_of_torch(mean: float, log_variance: float) -> None:
    posterior = torch.distributions.Normal(torch.tensor(mean), torch.tensor(log_variance / 2).exp())
    expected = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0))
    (ours,) = kl_per_unit(torch.tensor([[mean]]), torch.tensor([[log_variance]]))
    assert float(ours) == pytest.approx(float(expected), rel=1e-4, abs=1e-5)
    assert ours >= -1e-6


def test_free_bits_cost_nothing_and_pull_nothing() -> None:
    assert float(kl_term(torch.tensor([0.0, 0.3, 2.0]), 0.0)) == pytest.approx(2.3)
    per_unit = torch.tensor([0.0, 0.3, 2.0], requires_grad=True)
    term = kl_term(per_unit, 0.5)
    assert term.item() == pytest.approx(3.0)
    term.backward()
    assert per_unit.grad is not None
    assert per_unit.grad.tolist() == [0.0, 0.0, 1.0]


def test_annealing_rises_in_a_line_to_K_and_stays() -> None:
    assert [kl_weight(0.4, step, 4) for step in (1, 2, 3, 4, 5, 99)] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4, 0.4])
    assert [kl_weight(0.4, step, 0) for step in (1, 99)] == [0.4, 0.4]


@settings(deadline=None, max_examples=50)
@given(plan=st.sampled_from(PLANS), n=st.integers(1, 200), seed=st.integers(0, 2**31))
def test_a_step_draws_each_sample_once_and_as_many_as_there_are(plan: str, n: int, seed: int) -> None:
    rows = drawn(plan, n, rng(seed)).tolist()
    assert len(rows) == len(set(rows)) == min(n, COMBINATIONS[plan][0])
    assert set(rows) <= set(range(n))


def test_every_plan_learns_from_64_combinations_and_draws_all_samples_in_time() -> None:
    assert all(samples * combinations == 64 for samples, combinations in COMBINATIONS.values())
    for plan in PLANS:
        chance = rng()
        seen = {row for _ in range(200) for row in drawn(plan, 20, chance).tolist()}
        assert seen == set(range(20))


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="plan must be one of"):
        drawn("2x32", 10, rng())


def test_latents_have_the_mean_and_variance_asked_for() -> None:
    mean, log_variance = torch.full((20_000, 2), 1.5), torch.tensor([[0.0, math.log(9)]]).repeat(20_000, 1)
    z = latents(mean, log_variance, rng())
    assert z.mean(dim=0).tolist() == pytest.approx([1.5, 1.5], abs=0.06)
    assert z.var(dim=0).tolist() == pytest.approx([1.0, 9.0], rel=0.04)
    assert torch.equal(z, latents(mean, log_variance, rng()))


def test_a_unit_is_active_whose_mean_tells_samples_apart() -> None:
    means = np.c_[np.zeros(4), [0, 0.1, 0, 0.1], [0, 0.3, 0, 0.3], [1, 1, 1, 1]]
    # variances 0, 0.0025, 0.0225 and 0
    assert ACTIVE_FROM == 0.01
    assert active_units(means).tolist() == [False, False, True, False]


def test_collapse_is_told_with_a_remedy_that_fits_the_plan() -> None:
    assert collapse_words(10, 32, EIGHT_BY_EIGHT) == ""
    assert collapse_words(3, 3, ONE_BY_64) == ""
    assert "9 of 32 latent units tell the samples apart" in collapse_words(9, 32, BATCH)
    assert collapse_words(0, 32, BATCH).startswith("None of 32")
    for plan in (ONE_BY_64, PER_IMAGE):
        assert collapse_words(0, 32, plan).endswith("Try 8x8 sampling.")
    for plan in (BATCH, EIGHT_BY_EIGHT):
        assert collapse_words(0, 32, plan).endswith("Try a smaller K, KL annealing or free bits.")
