"""The finished parts of the discard study as numbers: each arm's repeats, means, differences and curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import fmean
from typing import Any

from core.images.discard_parts import fit_key
from core.images.published_discards import METRICS, PAPER_METRICS
from core.images.seed_statistics import paired_difference, share_interval
from core.images.settings import DISCARD, FULL, S3VAE, DiscardSettings

CURVES = ("training_accuracy", "validation_accuracy")


def arm_rows(results: Mapping[str, Any], settings: DiscardSettings) -> list[dict[str, Any]]:
    """One row a rate and arm, `FULL` first at rate 0, then rate by rate.

    Keys: arm, rate; n_left, n_added, n_validation, means; repeats, one mapping a repeat of metric -> value on the test
    images; metrics, metric -> `share_interval` over the repeats; paper_repeats and paper_metrics, the same of what the
    paper measures on the training data, None where no class is positive; training_accuracy and validation_accuracy,
    means by epoch; n_epochs, mean; n_stopped_early, of the repeats.
    """
    rows = []
    for rate, arm in _rates_and_arms(settings):
        models = [results[fit_key(arm, rate, repeat)] for repeat in range(settings.n_repeats)]
        paper = None if models[0]["paper_metrics"] is None else [model["paper_metrics"] for model in models]
        rows.append(
            {
                "arm": arm,
                "rate": rate,
                **{name: fmean(model[name] for model in models) for name in ("n_left", "n_added", "n_validation")},
                "repeats": [model["metrics"] for model in models],
                "metrics": _means([model["metrics"] for model in models], METRICS),
                "paper_repeats": paper,
                "paper_metrics": paper and _means(paper, PAPER_METRICS),
                **{what: mean_curve([model[what] for model in models]) for what in CURVES},
                "n_epochs": fmean(len(model["training_accuracy"]) for model in models),
                "n_stopped_early": sum(model["stopped_early"] for model in models),
            }
        )
    return rows


def difference_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """At every rate each arm less `DISCARD`, each less `FULL`, and `S3VAE` less every other arm.

    rows: of `arm_rows`. Keys: rate, arm, than, and metrics, metric -> `paired_difference` by repeat.
    """
    full = next(row for row in rows if row["arm"] == FULL)
    found = []
    for rate in dict.fromkeys(row["rate"] for row in rows if row["rate"]):
        by_name = {FULL: full, **{row["arm"]: row for row in rows if row["rate"] == rate}}
        pairs = [(arm, than) for than in (DISCARD, FULL) for arm in by_name]
        pairs += [(S3VAE, arm) for arm in by_name if S3VAE in by_name]
        for arm, than in dict.fromkeys(pairs):
            if arm not in (than, FULL):
                both = [by_name[each]["repeats"] for each in (arm, than)]
                metrics = {
                    name: paired_difference(*([repeat[name] for repeat in each] for each in both)) for name in METRICS
                }
                found.append({"rate": rate, "arm": arm, "than": than, "metrics": metrics})
    return found


def growth_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How the advantage of `S3VAE` over each other refilled arm changes from each rate to the next higher one.

    Keys: from, to (rates), than, and metrics, metric -> `paired_difference` of the two differences, by repeat.
    """
    by_key = {(row["rate"], row["arm"]): row["repeats"] for row in rows}
    rates = sorted({row["rate"] for row in rows if row["rate"]})
    others = [arm for arm in dict.fromkeys(arm for _, arm in by_key) if arm not in (FULL, DISCARD, S3VAE)]

    def ahead(rate: float, than: str, name: str) -> list[float]:
        pairs = zip(by_key[rate, S3VAE], by_key[rate, than], strict=True)
        return [one[name] - other[name] for one, other in pairs]

    return [
        {
            "from": low,
            "to": high,
            "than": than,
            "metrics": {name: paired_difference(ahead(high, than, name), ahead(low, than, name)) for name in METRICS},
        }
        for low, high in pairwise(rates)
        for than in others
        if (low, S3VAE) in by_key
    ]


def mean_curve(curves: Sequence[Sequence[float]]) -> list[float]:
    """By epoch, to the end of the longest; a training that ended before keeps its last value.

    Without that the mean would be of ever fewer trainings, and jump where one ends. Empty where any curve is.
    """
    if not all(curves):
        return []
    longest = max(map(len, curves))
    return [fmean(curve[min(epoch, len(curve) - 1)] for curve in curves) for epoch in range(longest)]


def _rates_and_arms(settings: DiscardSettings) -> Iterator[tuple[float, str]]:
    yield 0.0, FULL
    for rate in settings.rates:
        for arm in settings.arms:
            if arm != FULL:
                yield rate, arm


def _means(repeats: Sequence[Mapping[str, float]], names: Sequence[str]) -> dict[str, Any]:
    return {name: share_interval([repeat[name] for repeat in repeats]) for name in names}
