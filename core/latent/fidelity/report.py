"""What the page and the files say of a method: its measures, its verdict, and the tests of Table III, as one record."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.latent.fidelity.assessment import N_SPLITS, assess
from core.latent.fidelity.marginal_tests import LABELS, marginal_tests, mean_rejected_share
from core.latent.fidelity.splits import CANDIDATES, maker, split
from core.latent.fidelity.verdict import verdict
from core.latent.samplers import synthetic_rows
from core.latent.synthesis import Synthetic
from core.rng import derived_seed
from core.scales import limits_of
from core.settings import SamplerSettings
from core.types import Progress, Samples


def report(
    samples: Samples,
    settings: SamplerSettings,
    n_splits: int = N_SPLITS,
    random_state: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """`assess` of a method as JSON, with `verdicts` (candidate -> decision, reasons, remarks, words) and `table_iii`.

    table_iii: the paper's tests on one draw of rows: `synthetic`, rows made from everybody beside everybody, as the
    paper compares; `real`, one half of the people beside the other. Each with its `tests` (`MarginalTest`) and
    `rejected`, the mean share of many draws. Raises what `assess` raises.
    """
    bounds = limits_of(samples.features)
    found = assess(samples, settings, bounds, n_splits, random_state, progress)
    verdicts = {}
    for candidate in CANDIDATES:
        decided = verdict(found, candidate)
        verdicts[candidate] = {**asdict(decided), "words": decided.words}
    seed = derived_seed(random_state, "Table III")
    made = synthetic_rows(samples.X, samples.y, settings, bounds, random_state)
    halves = split(samples, maker(settings, bounds), seed)
    compared: dict[str, tuple[Samples, Samples | Synthetic]] = {
        "synthetic": (samples, made),
        "real": (halves.makers, halves.unseen),
    }
    table_iii = {
        kind: {
            "tests": [asdict(test) for test in marginal_tests(a.X, a.y, b.X, b.y, samples.features, seed)],
            "rejected": mean_rejected_share(a.X, a.y, b.X, b.y, random_state),
        }
        for kind, (a, b) in compared.items()
    }
    n_made = {group: int((made.y == label).sum()) for group, label in LABELS.items()}
    return {**found.to_json(), "verdicts": verdicts, "table_iii": table_iii, "n_made": n_made}
