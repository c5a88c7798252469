"""Random numbers addressed by a seed and a position."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.latent.draws import GOLDEN, normals, positions_within, substream, uniforms

SEEDS = np.array([3, 17, 2**32 - 1], np.uint64)


def test_positions_count_up_inside_each_group() -> None:
    assert positions_within(np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]
    assert positions_within(np.array([], int)).tolist() == []


@pytest.mark.filterwarnings("error")
def test_a_stream_has_one_seed_however_its_number_is_given() -> None:
    # SplitMix64 by hand: stream number n of seed s is mix(mix(s + G) + n * G) modulo 2**64.
    def mixed(z: int) -> int:
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return z ^ (z >> 31)

    expected = [[mixed((mixed((int(s) + GOLDEN) % 2**64) + n * GOLDEN) % 2**64) for s in SEEDS] for n in range(9)]
    assert substream(SEEDS, np.arange(9)[:, None]).tolist() == expected
    for kind in (int, np.int64, np.uint64):
        assert [substream(SEEDS, kind(n)).tolist() for n in range(9)] == expected


def test_uniforms_are_uniform_and_streams_unrelated() -> None:
    positions = np.arange(20_000)
    one, other = (uniforms(np.full(20_000, substream(SEEDS[:1], number)[0]), positions) for number in (0, 1))
    assert one.min() > 0
    assert one.max() < 1
    assert stats.kstest(one, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.03


def test_first_numbers_of_neighbouring_seeds_are_unrelated() -> None:
    seeds = np.arange(20_000, dtype=np.uint64)
    first = uniforms(substream(seeds, 0), np.zeros(20_000))
    assert stats.kstest(first, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.03


def test_normals_are_standard_normal_in_every_column_and_independent() -> None:
    drawn = normals(SEEDS[:1], np.array([20_000]), 5)
    assert all(stats.kstest(column, "norm").pvalue > 0.001 for column in drawn.T)
    assert np.abs(np.corrcoef(drawn.T) - np.eye(5)).max() < 0.03


def test_a_stream_only_grows_and_does_not_depend_on_the_others() -> None:
    few, many = normals(SEEDS, np.array([3, 0, 5]), 3), normals(SEEDS, np.array([7, 4, 5]), 3)
    assert np.array_equal(few[:3], many[:3])
    assert np.array_equal(few[3:], many[11:])
    assert np.array_equal(normals(SEEDS[2:], np.array([5]), 3), many[11:])
