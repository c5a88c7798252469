"""How often the 95 % interval of a calibrated probability holds the true one, for tens of people.

Against a bootstrap of the people (within each group) with the same curve, and against the two values of Venn–Abers, on
the same draws. Shares of votes for PD are Beta(a, b), of controls Beta(b, a), so that the true probability is known; it
is no logistic curve of the share, least of all where the groups lie far apart: there the intervals stay nearer to a
half than the truth. What a clinician pays for is an interval on the wrong side of a half: that is the limit.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from core.screening.calibration import calibrate

WORLDS = {
    "nearly alike": (2.0, 1.6),
    "overlapping": (3.0, 1.5),
    "piled at 0 and 1": (1.2, 0.5),
    "far apart": (6.0, 2.0),
}
SIZES = (20, 60)
DRAWS, RESAMPLES = 120, 60
WRONG_LIMIT = 0.025

Interval = tuple[float, float]


def bootstrap(shares: np.ndarray, y: np.ndarray, share: float, rng: np.random.Generator) -> Interval:
    sides = [np.flatnonzero(y == side) for side in (1, 0)]
    drawn = [np.concatenate([rng.choice(side, len(side)) for side in sides]) for _ in range(RESAMPLES)]
    low, high = np.percentile([calibrate(shares[i], y[i]).probability(share) for i in drawn], [2.5, 97.5])
    return float(low), float(high)


def venn_abers(shares: np.ndarray, y: np.ndarray, share: float) -> Interval:
    from sklearn.isotonic import IsotonicRegression

    low, high = sorted(
        float(IsotonicRegression().fit(np.append(shares, share), np.append(y, label)).predict([share])[0])
        for label in (0, 1)
    )
    return low, high


def main() -> int:
    missed = 0
    mean_held: dict[str, list[float]] = {}
    for n in SIZES:
        for world, (a, b) in WORLDS.items():
            rng = np.random.default_rng(n)
            held: dict[str, list[bool]] = {}
            wrong: dict[str, list[bool]] = {}
            called: dict[str, list[bool]] = {}
            for _ in range(DRAWS):
                shares = np.concatenate([rng.beta(a, b, n // 2), rng.beta(b, a, n // 2)])
                y = np.repeat([1, 0], n // 2)
                share = float(rng.beta(a, b) if rng.random() < 0.5 else rng.beta(b, a))
                odds = (share / (1 - share)) ** (a - b)
                intervals = {
                    "ours": calibrate(shares, y).interval(share),
                    "bootstrap": bootstrap(shares, y, share, rng),
                    "Venn–Abers": venn_abers(shares, y, share),
                }
                for name, (low, high) in intervals.items():
                    held.setdefault(name, []).append(low <= odds / (1 + odds) <= high)
                    called.setdefault(name, []).append(not low <= 0.5 <= high)
                    wrong.setdefault(name, []).append(called[name][-1] and (low > 0.5) != (odds > 1))
            for name in held:
                mean_held.setdefault(name, []).append(float(np.mean(held[name])))
            told = "; ".join(
                f"{name} holds {np.mean(held[name]):.2f}, called {np.mean(called[name]):.2f}, "
                f"on the wrong side {np.mean(wrong[name]):.3f}"
                for name in held
            )
            missed += float(np.mean(wrong["ours"])) > WRONG_LIMIT
            print(f"n = {n}, {world}: {told}")
    means = {name: float(np.mean(values)) for name, values in mean_held.items()}
    missed += means["ours"] < max(means.values())
    print(
        "held on average: " + ", ".join(f"{name} {value:.2f}" for name, value in means.items()) + f"; never over "
        f"{WRONG_LIMIT:.1%} on the wrong side and held most often: {'MISSED' if missed else 'met'}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
