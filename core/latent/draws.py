"""Random numbers addressed by a seed and a position, so that what one cluster draws never depends on another.

A cluster's stream is a 32-bit seed (`core.rng.derived_seed` of its path); its i-th number is a hash of the seed and i
(the SplitMix64 finaliser of Steele, Lea and Flood 2014). Thousands of clusters draw in one vectorised call, and asking
for more numbers only appends to those already drawn.
"""

from __future__ import annotations

import numpy as np

GOLDEN = 0x9E3779B97F4A7C15


def _mixed(z: np.ndarray) -> np.ndarray:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def substream(seeds: np.ndarray, number: int | np.ndarray) -> np.ndarray:
    """Seeds (s,) uint64 of the independent stream `number` of each of the seeds (s,); (r, s) for numbers (r, 1)."""
    # One-dimensional even for one number: numpy wraps arrays around 2**64 in silence, but warns of it for scalars.
    step = np.atleast_1d(number).astype(np.uint64) * np.uint64(GOLDEN)
    return _mixed(_mixed(seeds.astype(np.uint64) + np.uint64(GOLDEN)) + step)


def uniforms(seeds: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Uniform numbers strictly between 0 and 1: the one at `positions` (m,) of the stream of `seeds` (m,)."""
    hashed = _mixed(seeds + (positions.astype(np.uint64) + np.uint64(1)) * np.uint64(GOLDEN))
    return ((hashed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def positions_within(sizes: np.ndarray) -> np.ndarray:
    """0 … size−1 for each of the groups of `sizes` (s,), one after the other."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)


def normals(seeds: np.ndarray, sizes: np.ndarray, n_columns: int) -> np.ndarray:
    """Standard normal numbers (sum of sizes, n_columns): the first sizes[j] rows of stream j, for each j in turn.

    Box–Muller; each pair of columns has its own substream, so row i of stream j is the same whatever the sizes.
    """
    positions = positions_within(sizes)
    drawn = np.empty((len(positions), n_columns))
    for column in range(0, n_columns, 2):
        radius = np.sqrt(-2 * np.log(uniforms(np.repeat(substream(seeds, column), sizes), positions)))
        angle = 2 * np.pi * uniforms(np.repeat(substream(seeds, column + 1), sizes), positions)
        drawn[:, column] = radius * np.cos(angle)
        if column + 1 < n_columns:
            drawn[:, column + 1] = radius * np.sin(angle)
    return drawn
