"""What a discard study found, in plain words that follow from its intervals and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.images.discard_split import FEWEST_TO_VALIDATE
from core.images.discard_tables import discarded_words
from core.images.published_discards import contradictions, per_cent
from core.images.settings import CLASSIC, DISCARD, DUPLICATE, FULL, REFILLED
from core.images.study_words import HARMED, HELPED, NEITHER, UNKNOWN, Finding, effect, interval

JUDGED_BY = "f15"
"""The metric whose interval says whether an arm helped, chosen beforehand: F1.5 of what lost images, on test images."""

_CALLED = {FULL: "all images", DISCARD: "the images left", DUPLICATE: "plain copies"}


def findings(result: Mapping[str, Any]) -> list[Finding]:
    """One for each rate; what is judged first is `S3VAE` or else the first arm that refills, without one the loss.

    result: what `core.images.discards.run` gives.
    """
    return [_at_rate(result, rate) for rate in dict.fromkeys(row["rate"] for row in result["differences"])]


def growth_words(result: Mapping[str, Any]) -> list[str]:
    """Whether S3VAE gains on the others with the rate, as the paper says, a sentence an arm and step of the rate."""
    said = []
    for row in result["growth"]:
        change = row["metrics"][JUDGED_BY]
        verdict = {
            HELPED: "gains on",
            HARMED: "loses ground to",
            NEITHER: "is not shown to gain on or lose ground to",
            UNKNOWN: "cannot be compared with",
        }[effect(change)]
        said.append(
            f"From {per_cent(row['from'], ' ')} to {per_cent(row['to'], ' ')} discarded, S3VAE {verdict} "
            f"{called(row['than'])}: {interval(change)} points of F1.5."
        )
    return said


def caveats(result: Mapping[str, Any]) -> list[str]:
    """What to bear in mind with these numbers, a sentence or two each."""
    n_repeats = result["settings"]["n_repeats"]
    n_tested = min(result["n_test"][name] for name in result["discarded"])
    said = [
        f"The images were split once. The 95 % intervals are Student's t over {_repeats(result)}: they tell how much "
        "the choice of what is discarded, first weights and synthetic images move the mean. What other images would "
        f"change is not in them: {'a class that lost images' if len(result['discarded']) > 1 else 'the class'} has "
        f"{n_tested} test images, and one of them is {100 / n_tested:.1f} points of its recall.",
        f"{len(result['differences'])} differences are looked at: one in 20 intervals leaves out 0 by chance alone.",
        "Training stops by the accuracy on real images held out of the training images, never by the test images. A "
        f"class with fewer than {FEWEST_TO_VALIDATE} images left keeps them all to train on: then what stops the "
        "training does not see that class.",
        "What the paper calls precision, recall and F1.5 is measured on the images that a model was trained on, copies "
        "and synthetic ones too, for the classes that lost none: it does not say how well the discarded class is told.",
    ]
    unstopped = [row for row in result["rows"] if row["n_stopped_early"] < n_repeats]
    if unstopped:
        n = sum(n_repeats - row["n_stopped_early"] for row in unstopped)
        said.append(
            f"{n} of {n_repeats * len(result['rows'])} trainings went through all {result['settings']['epochs']} "
            "epochs: with more they might have gone on."
        )
    if any(not row["n_validation"] for row in result["rows"]):
        said.append("Where too few images are left to hold any out, training goes through all its epochs.")
    if any(row["arm"] == CLASSIC for row in result["rows"]):
        said.append("Classic augmentation mirrors, shifts and turns: a mirrored digit may not be one of its class.")
    if result["n_left_out"]:
        said.append(
            f"{result['n_left_out']} images were left out: they show people who are trained on, beyond the "
            f"{result['settings']['n_train']} images wanted of a class, so they can be neither trained nor tested on."
        )
    return said


def paper_words() -> list[str]:
    """Where the paper's own tables are at odds with each other or with its text, computed from their rows."""
    return contradictions()


def called(arm: str) -> str:
    """An arm within a sentence."""
    return _CALLED.get(arm, arm)


def _at_rate(result: Mapping[str, Any], rate: float) -> Finding:
    less = {(row["arm"], row["than"]): row["metrics"] for row in result["differences"] if row["rate"] == rate}
    arms = [arm for arm in REFILLED if (arm, DISCARD) in less]
    discarded = discarded_words(result)
    at = f"With {per_cent(rate, ' ')} of {discarded} discarded"
    lost = less[DISCARD, FULL]
    if not arms:
        found = effect(lost[JUDGED_BY])
        told = {HELPED: "it is told better", HARMED: "it is told worse", NEITHER: "no loss is shown"}
        return Finding(DISCARD, found, f"{at}, {told.get(found, 'nothing can be said')}", (_loss(result, rate, lost),))
    lead = arms[0]
    found = effect(less[lead, DISCARD][JUDGED_BY])
    tail = f"{found} from {_repeats(result)}" if found == UNKNOWN else found
    sentences = [
        _numbers(result, rate, lead),
        *_against(less, lead),
        *(_other(arm, less[arm, DISCARD][JUDGED_BY]) for arm in arms[1:]),
        _loss(result, rate, lost),
        _accuracy(lead, less[lead, DISCARD]["accuracy"]),
    ]
    beside_copies = _beside_copies(less, lead)
    if beside_copies == HARMED:
        tail += f", but less than {called(DUPLICATE)}"
    elif beside_copies != HELPED:
        tail += f", but is not shown to do more than {called(DUPLICATE)}"
    return Finding(lead, found, f"{at}, {called(lead)} {tail}", tuple(sentences))


def _beside_copies(less: Mapping[tuple[str, str], Mapping[str, Any]], lead: str) -> str:
    """What an arm that helped does beyond copies; `HELPED` where it did not help, or copies are no arm."""
    if (lead, DUPLICATE) not in less or effect(less[lead, DISCARD][JUDGED_BY]) != HELPED:
        return HELPED
    return effect(less[lead, DUPLICATE][JUDGED_BY])


def _numbers(result: Mapping[str, Any], rate: float, lead: str) -> str:
    means = {
        row["arm"]: f"{100 * row['metrics'][JUDGED_BY]['mean']:.1f} %"
        for row in result["rows"]
        if row["rate"] in (0, rate)
    }
    what = "the discarded classes" if len(result["discarded"]) > 1 else "the discarded class"
    return (
        f"F1.5 of {what} on the test images, mean of {_repeats(result)}: {means[FULL]} with all images, "
        f"{means[DISCARD]} with those left, {means[lead]} refilled by {called(lead)}."
    )


def _against(less: Mapping[tuple[str, str], Mapping[str, Any]], lead: str) -> Iterator[str]:
    for than in (DISCARD, *REFILLED):
        if than == lead or (lead, than) not in less:
            continue
        difference = less[lead, than][JUDGED_BY]
        of = f"{interval(difference)} points of F1.5"
        yield {
            HELPED: f"{_begin(lead)} brings {of} over {called(than)}.",
            HARMED: f"{_begin(lead)} trails {called(than)}: {of}.",
            NEITHER: f"Between {called(lead)} and {called(than)} no difference is shown: {of}.",
            UNKNOWN: f"{_begin(lead)} less {called(than)}: {of}, of which nothing can be said.",
        }[effect(difference)]
        if than == DUPLICATE and _beside_copies(less, lead) in (NEITHER, UNKNOWN):
            yield "What it brings cannot be told from what copies bring."


def _other(arm: str, difference: Mapping[str, Any]) -> str:
    return f"{_begin(arm)} {effect(difference)}: {interval(difference)} points of F1.5 over {called(DISCARD)}."


def _loss(result: Mapping[str, Any], rate: float, lost: Mapping[str, Any]) -> str:
    difference = lost[JUDGED_BY]
    verdict = {HELPED: "gained", HARMED: "cost"}.get(effect(difference))
    told = f"Discarding itself {verdict}" if verdict else "That discarding itself changed anything is not shown"
    return f"{told}: {interval(difference)} points of F1.5 against all images."


def _accuracy(lead: str, difference: Mapping[str, Any]) -> str:
    verdict = {HELPED: "rises", HARMED: "falls", NEITHER: "is not shown to change", UNKNOWN: "cannot be judged"}
    return (
        f"Accuracy over all classes {verdict[effect(difference)]} with {called(lead)}: {interval(difference)} points."
    )


def _begin(arm: str) -> str:
    words = called(arm)
    return words[0].upper() + words[1:]


def _repeats(result: Mapping[str, Any]) -> str:
    n: int = result["settings"]["n_repeats"]
    return "1 repeat" if n == 1 else f"{n} repeats"
