"""What a validation found, in plain words that follow from its numbers and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from core.screening.controls import COPIES, MATCHED_COPIES, NEIGHBOURS
from core.screening.method_grids import NONE
from core.screening.plans import PLAIN
from core.screening.table_iv.rows import MAJORITY

HELPED, HARMED, NEITHER = "helped", "did harm", "did not help"


@dataclass(frozen=True)
class Finding:
    """What is found of one method. effect: one of the three above, by the intervals alone."""

    method: str
    effect: str
    headline: str
    sentences: tuple[str, ...]


def points(difference: float) -> str:
    """A difference of shares in points, with its sign: 0.053 as `+5.3`."""
    written = f"{100 * difference:+.1f}"
    return "0.0" if written in ("+0.0", "-0.0") else written.replace("-", "−")


def rate(found: Mapping[str, Any] | None) -> str:
    """`74.1 % [66–81]`, with the 95 % interval; missing as `–`."""
    if not found or found["accuracy"] is None:
        return "–"
    low, high = found["ci"]
    return f"{100 * found['accuracy']:.1f} % [{100 * low:.0f}–{100 * high:.0f}]"


def findings(result: Mapping[str, Any]) -> list[Finding]:
    """One for each method that was asked for, or one of no augmentation where none was.

    result: what `core.screening.paper_protocol.run` gives.
    """
    by_method: dict[str, list[str]] = {}
    for method, classifier in result["compared"]:
        by_method.setdefault(method, []).append(classifier)
    without = by_method.pop(NONE)
    if not by_method:
        return [_of_none(result, without)]
    return [_of_method(result, method, classifiers) for method, classifiers in by_method.items()]


def controls(result: Mapping[str, Any]) -> list[str]:
    """What the controls show, a sentence or two each."""
    copies, matched = (_difference(result, each, NEIGHBOURS) for each in (COPIES, MATCHED_COPIES))
    plain = _row(result["rows"], NONE, PLAIN)
    said = [
        f"Plain {PLAIN} without synthetic rows judges {rate(plain['nested'])} of people never seen rightly. What is "
        "more complicated should do better than that."
    ]
    if copies["mean"] is not None:
        said.append(f"Copies of every row change {NEIGHBOURS} by {_interval(copies)} points: what more rows alone do.")
    if matched["mean"] is not None:
        exact = "as they must" if matched["mean"] == 0 else "and should change nothing"
        said.append(f"Copies with as many times the neighbours change it by {points(matched['mean'])} points, {exact}.")
    chance = [row for row in result["permuted"] if row["emotion"] == MAJORITY]
    shown = "; ".join(
        f"{_named(row)} {100 * row['validation']['mean']:.1f} % tuned and {rate(row['nested'])} nested"
        for row in chance
    )
    said.append(
        f"With labels dealt anew among the people there is nothing to learn and 50 % is the truth. The majority vote "
        f"then gives: {shown}."
    )
    return said


def several(result: Mapping[str, Any]) -> str:
    """What to bear in mind where many comparisons are made at once; empty for one."""
    n = sum(method != NONE for method, _ in result["compared"])
    if n < 2:
        return ""
    return f"{n} comparisons are made here: one in 20 intervals leaves out 0 by chance alone."


def _of_none(result: Mapping[str, Any], classifiers: Sequence[str]) -> Finding:
    told = "; ".join(f"{each} {rate(_row(result['rows'], NONE, each)['nested'])}" for each in classifiers)
    return Finding(
        NONE,
        NEITHER,
        "No method was compared",
        (f"Of people never seen these were judged rightly without synthetic rows: {told}.",
         *_flattery(result, NONE, classifiers)),
    )  # fmt: skip


def _of_method(result: Mapping[str, Any], method: str, classifiers: Sequence[str]) -> Finding:
    told = [(each, _difference(result, method, each)) for each in classifiers]
    up = [each for each, found in told if found["ci"] and found["ci"][0] > 0]
    down = [each for each, found in told if found["ci"] and found["ci"][1] < 0]
    effect = HELPED if up and not down else HARMED if down and not up else NEITHER
    return Finding(
        method,
        effect,
        f"On this cohort {method} {_extent(up, down, len(classifiers))}",
        (
            "Of people never seen, the majority vote judged rightly with it and without it (difference in points, 95 % "
            f"interval): {'; '.join(_against_none(result, method, each, found) for each, found in told)}.",
            _by_the_paper(result, method, classifiers),
            *_flattery(result, method, classifiers),
        ),
    )


def _extent(up: Sequence[str], down: Sequence[str], n: int) -> str:
    if n == 1:
        return HELPED if up else HARMED if down else NEITHER
    if up and down:
        return f"{HELPED} with {_listed(up)} and {HARMED} with {_listed(down)}, of {n} classifiers"
    for effect, which in ((HELPED, up), (HARMED, down)):
        if which:
            return f"{effect} with {_listed(which)}, of {n} classifiers" if len(which) < n else f"{effect} with all {n}"
    return f"{NEITHER} with any of {n} classifiers"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _against_none(result: Mapping[str, Any], method: str, classifier: str, found: Mapping[str, Any]) -> str:
    with_it, without = (_row(result["rows"], each, classifier)["nested"]["accuracy"] for each in (method, NONE))
    if found["mean"] is None or with_it is None or without is None:
        return f"{classifier} –"
    return f"{classifier} {100 * with_it:.1f} and {100 * without:.1f} % ({_interval(found)})"


def _by_the_paper(result: Mapping[str, Any], method: str, classifiers: Sequence[str]) -> str:
    gains = []
    for classifier in classifiers:
        with_it, without = (_row(result["rows"], each, classifier) for each in (method, NONE))
        tested = with_it["test"]["accuracy"], without["test"]["accuracy"]
        if None not in tested:
            gains.append((with_it["validation"]["mean"] - without["validation"]["mean"], tested[0] - tested[1]))
    if not gains:
        return "Nobody was held out to count it as the paper does."
    tuned, test = (fmean(each) for each in zip(*gains, strict=True))
    mean = f", in the mean of {len(gains)} classifiers" if len(gains) > 1 else ""
    n = _row(result["rows"], method, classifiers[0])["test"]["n"]
    return (
        f"Counted as the paper does it brings {points(tuned)} points in the tuned score and {points(test)} on the {n} "
        f"test people{mean}."
    )


def _flattery(result: Mapping[str, Any], method: str, classifiers: Sequence[str]) -> Iterator[str]:
    rows = [_row(result["rows"], method, each) for each in classifiers]
    gaps = [
        row["validation"]["mean"] - row["nested"]["accuracy"] for row in rows if row["nested"]["accuracy"] is not None
    ]
    if gaps:
        gap = fmean(gaps)
        side = "above" if gap >= 0 else "below"
        mean = "on average " if len(gaps) > 1 else ""
        yield (
            f"The tuned score lies {mean}{abs(100 * gap):.1f} points {side} the nested one: "
            f"it is the best of up to {max(row['n_settings'] for row in rows):,} settings, scored on the people who "
            "chose it."
        )


def _interval(found: Mapping[str, Any]) -> str:
    low, high = found["ci"]
    return f"{points(found['mean'])} [{points(low)} to {points(high)}]"


def _named(row: Mapping[str, Any]) -> str:
    return row["classifier"] if row["method"] == NONE else f"{row['method']} with {row['classifier']}"


def _row(rows: Sequence[Mapping[str, Any]], method: str, classifier: str) -> Mapping[str, Any]:
    return next(
        row for row in rows if (row["emotion"], row["method"], row["classifier"]) == (MAJORITY, method, classifier)
    )


def _difference(result: Mapping[str, Any], method: str, classifier: str) -> Mapping[str, Any]:
    return _row(result["differences"], method, classifier)
