"""What the page and the files say of a method: its measures, its verdict, and the tests of Table III, as one record."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.latent.fidelity.assessment import N_SPLITS, assess, marginal_tests_beside
from core.latent.fidelity.marginal_tests import LABELS
from core.latent.fidelity.splits import CANDIDATES
from core.latent.fidelity.verdict import verdict
from core.latent.samplers import synthetic_rows
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
    """`assess` of a method as JSON, with more.

    verdicts: by candidate, its decision, reasons, remarks and words. table_iii: by candidate, the paper's tests on one
    draw of one split (`marginal_tests_beside`). n_made: by group, how many rows all of the people give. Raises what
    `assess` raises.
    """
    bounds = limits_of(samples.features)
    found = assess(samples, settings, bounds, n_splits, random_state, progress)
    verdicts = {}
    for candidate in CANDIDATES:
        decided = verdict(found, candidate)
        verdicts[candidate] = {**asdict(decided), "words": decided.words}
    beside = marginal_tests_beside(samples, settings, bounds, random_state)
    made = synthetic_rows(samples.X, samples.y, settings, bounds, random_state)
    return {
        **found.to_json(),
        "verdicts": verdicts,
        "table_iii": {candidate: [asdict(test) for test in tests] for candidate, tests in beside.items()},
        "n_made": {group: int((made.y == label).sum()) for group, label in LABELS.items()},
    }
