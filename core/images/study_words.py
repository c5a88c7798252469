"""What an augmentation study found, in plain words that follow from its numbers and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.images.published_study import COLUMNS, N_TEST, of_the_paper
from core.images.settings import CLASSIC, COPIES, EVOLVED_SET, ORIGINAL, RANDOM_SET

HELPED, HARMED, NEITHER, UNKNOWN = "helped", "did harm", "did not help", "cannot be judged"
JUDGED_BY = "accuracy"
"""The metric whose interval says whether an arm helped, chosen beforehand."""

_CALLED = {RANDOM_SET: "the random GAN set", EVOLVED_SET: "the evolved set"}
_WRITTEN = {"auroc": "AUROC", "f1": "F1", "average_precision": "average precision"}


@dataclass(frozen=True)
class Finding:
    """What is found of one arm. effect: one of the four above, by the interval of `JUDGED_BY` alone."""

    arm: str
    effect: str
    headline: str
    sentences: tuple[str, ...]


def findings(result: Mapping[str, Any]) -> list[Finding]:
    """One for each arm but the originals alone. result: what `core.images.studies.run` gives."""
    return [_of_arm(result, row["arm"]) for row in result["arms"] if row["arm"] != ORIGINAL]


def effect(difference: Mapping[str, Any]) -> str:
    """`HELPED` or `HARMED` only where the 95 % interval of a difference excludes 0."""
    if difference["ci"] is None:
        return UNKNOWN
    low, high = difference["ci"]
    return HELPED if low > 0 else HARMED if high < 0 else NEITHER


def caveats(result: Mapping[str, Any]) -> list[str]:
    """What to bear in mind with these numbers, a sentence or two each."""
    n_test = sum(result["n_test"].values())
    said = [
        f"The images were split once. The 95 % intervals are Student's t over {_seeds(result)}: they tell how much "
        "first weights, folds and synthetic sets move the mean, on these images. What other images would change is "
        f"not in them: one of the {n_test} test images is {100 / n_test:.1f} points."
    ]
    n = len(result["arms"]) - 1
    if n > 1:
        said.append(f"{n} arms are compared with the originals: one in 20 intervals leaves out 0 by chance alone.")
    if result["generators"]:
        said.append(
            "Generators saw all training images, those too that a fold validates on, so that the validation curves of "
            "their arms flatter. No generator and no classifier saw a test image."
        )
    late = [called(row["arm"]) for row in result["arms"] if row["still_learning"]]
    if late:
        said.append(f"Training ended while {listed(late)} still learnt: more epochs may change the comparison.")
    if result["n_left_out"]:
        said.append(
            f"{result['n_left_out']} images were left out: they show people who are trained on, beyond the "
            f"{result['settings']['n_train']} images wanted of a class, so they can be neither trained nor tested on."
        )
    return said


def paper_words() -> str:
    """What the paper's own table says, computed from its rows."""
    paper = of_the_paper()
    return (
        f"The paper's own table: the evolved sets bring {points(paper.gain)} points of accuracy on average, which is "
        f"{paper.images_gained:.1f} of its {N_TEST} test images; Welch's test of its five seeds against its five "
        f"models gives p {_equals(paper.p)}. Its best seed, {paper.best}, is {paper.images_of_best} images of {N_TEST} "
        "above the mean without. It compares neither with classic augmentation nor with copies."
    )


def called(arm: str) -> str:
    """An arm within a sentence."""
    return _CALLED.get(arm, "the originals alone" if arm == ORIGINAL else arm)


def points(difference: float, digits: int = 1) -> str:
    """A difference of shares in points, with its sign: 0.053 as `+5.3`."""
    rounded = round(100 * difference, digits)
    return f"{rounded:+.{digits}f}".replace("-", "−") if rounded else f"{0:.{digits}f}"


def interval(difference: Mapping[str, Any]) -> str:
    """`+0.80 [−1.92 to +3.52]` in points; without an interval `+0.80`."""
    mean = points(difference["mean"], 2)
    if difference["ci"] is None:
        return mean
    low, high = difference["ci"]
    return f"{mean} [{points(low, 2)} to {points(high, 2)}]"


def p_value(p: float | None) -> str:
    """As the field writes it: `.56`, `< .001`; missing as `–`."""
    if p is None:
        return "–"
    return "< .001" if p < 0.001 else f"{p:.{3 if p < 0.1 else 2}f}".removeprefix("0")


def _of_arm(result: Mapping[str, Any], arm: str) -> Finding:
    metrics = _differences(result)[arm, ORIGINAL]
    found = effect(metrics[JUDGED_BY])
    tail = f"{found} from {_seeds(result)}" if found == UNKNOWN else found
    sentences = [
        _against_originals(result, arm, metrics[JUDGED_BY]),
        _other_metrics(metrics),
        *_against_others(result, arm, found),
    ]
    if arm == CLASSIC and found == HARMED:
        sentences.append("It mirrors, shifts and turns: a mirrored image may not be one of its class, as with digits.")
    return Finding(arm, found, f"On this dataset {called(arm)} {tail}", tuple(sentences))


def _against_originals(result: Mapping[str, Any], arm: str, difference: Mapping[str, Any]) -> str:
    with_it, without = (_row(result, each)["metrics"][JUDGED_BY]["mean"] for each in (arm, ORIGINAL))
    n_test = sum(result["n_test"].values())
    n_images = abs(difference["mean"]) * n_test
    return (
        f"Accuracy on {n_test} test images, mean of {_seeds(result)}: "
        f"{100 * with_it:.1f} % with it and {100 * without:.1f} % without, a difference of {interval(difference)} "
        f"points by seed, {n_images:.1f} of the {n_test} images (paired t-test p {_equals(difference['p'])}; "
        f"Welch's test, as the paper's rows would allow, p {_equals(difference['welch_p'])})."
    )


def _other_metrics(metrics: Mapping[str, Mapping[str, Any]]) -> str:
    beyond = [
        f"{_WRITTEN.get(name, name)} {interval(metrics[name])}"
        for name in COLUMNS
        if effect(metrics[name]) in (HELPED, HARMED)
    ]
    if not beyond:
        return f"The interval of none of the {len(COLUMNS)} metrics excludes 0."
    return f"Of the {len(COLUMNS)} metrics the interval excludes 0 for {listed(beyond)}."


def _against_others(result: Mapping[str, Any], arm: str, found: str) -> Iterator[str]:
    for than in (CLASSIC, COPIES, RANDOM_SET):
        metrics = _differences(result).get((arm, than))
        if metrics is None:
            continue
        difference = metrics[JUDGED_BY]
        verdict = {
            HELPED: "it did better",
            HARMED: "it did worse",
            NEITHER: "no difference is shown",
            UNKNOWN: "nothing can be said",
        }[effect(difference)]
        yield f"Against {called(than)} {verdict}: {interval(difference)} points of accuracy."
        if than == COPIES and found == HELPED and effect(difference) != HELPED:
            yield "What it brings cannot be told from what more training steps on copies bring."


def _seeds(result: Mapping[str, Any]) -> str:
    n: int = result["settings"]["n_seeds"]
    return "1 seed" if n == 1 else f"{n} seeds"


def _equals(p: float | None) -> str:
    written = p_value(p)
    return written if written.startswith("<") else f"= {written}"


def listed(names: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _row(result: Mapping[str, Any], arm: str) -> Mapping[str, Any]:
    row: Mapping[str, Any] = next(row for row in result["arms"] if row["arm"] == arm)
    return row


def _differences(result: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Mapping[str, Any]]]:
    return {(row["arm"], row["than"]): row["metrics"] for row in result["differences"]}
