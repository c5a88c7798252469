"""A kept model told under the headings of a model card (Mitchell et al. 2019, doi:10.1145/3287560.3287596).

Every sentence is plain text, and every number has its interval and n. Calibration stands under a heading of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.screening.calibration import LOGISTIC, Calibration
from core.screening.card_words import HOLDS_ROWS, emotions_of, headline, interval, kind_words, people_words
from core.screening.conformal import coverage_curve
from core.settings import NOTICE
from core.types import GROUPS, PD

NOT_RECORDED = "not recorded in the table"


@dataclass(frozen=True)
class Section:
    """One heading of a model card. rows: a table below the sentences, the first row its head; empty for none."""

    heading: str
    sentences: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


def sections(card: Mapping[str, Any], identity: str) -> list[Section]:
    """The model card. identity: hash of the card."""
    return [
        _details(card, identity),
        _intended_use(card),
        _factors(card),
        _metrics(),
        _training_data(card),
        _evaluation(card),
        _results(card),
        _calibration(card),
        _ethics(card),
        _caveats(card),
    ]


def _details(card: Mapping[str, Any], identity: str) -> Section:
    settings, known = card["settings"], emotions_of(card)
    rows = [("emotion", "features", "fold models")]
    for emotion in known:
        told = card["emotions"][emotion]
        rows.append((emotion, ", ".join(told["features"]), str(len(told["weights"]))))
    chosen = (
        " Each model chose three of the 17 by its own training rows." if settings["features"] == "automatic" else ""
    )
    return Section(
        "Model details",
        (
            f"{kind_words(card)}.{chosen}",
            f"Up to {settings['n_folds']} fold models for each of {len(known)} emotions, each trained without one "
            "person with PD and one control.",
            "A fold model votes with its accuracy on the two people it never saw; the majority of emotions decides.",
            f"Seed {settings['random_state']}; {', '.join(f'{name} {v}' for name, v in card['versions'].items())}.",
            f"SHA-256 of its card: {identity}.",
            f"SHA-256 of the rows that it was trained on: {card['input_hash']}.",
        ),
        tuple(rows),
    )


def _intended_use(card: Mapping[str, Any]) -> Section:
    return Section(
        "Intended use",
        (
            NOTICE,
            "For studying how facial expressions of people with Parkinson's disease (PD) differ from controls, by "
            "researchers and clinicians who know how the clips were made.",
            "Not for diagnosis, triage, treatment, or people who differ from those it was trained on.",
        ),
    )


def _factors(card: Mapping[str, Any]) -> Section:
    people = card["people"]
    rows = [("group", "people", "age, median (range)", "sex")]
    for group in GROUPS:
        age, sex = people["age"].get(group), people["sex"].get(group)
        ages = f"{age['median']:g} ({age['low']:g}–{age['high']:g}), n {age['n']}" if age else "–"
        sexes = ", ".join(f"{key} {n}" for key, n in sex.items()) if sex else "–"
        rows.append((group, str(people["n_pd" if group == PD else "n_control"]), ages, sexes))
    missing = [name for name in ("age", "sex") if not people[name]]
    told = f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} {NOT_RECORDED}: " if missing else ""
    return Section(
        "Factors",
        (
            f"Measured by {', '.join(card['backends'])}; intensities of other backends are not comparable and refused.",
            f"{told[:1].upper()}{told[1:]}{'whether' if told else 'Whether'} the scores hold alike for age, sex, skin, "
            "glasses, beards, site, camera, medication or stage of disease was not tested.",
        ),
        tuple(rows),
    )


def _metrics() -> Section:
    return Section(
        "Metrics",
        (
            "Accuracy of the whole vote on people never seen, with the number that stayed undecided: the headline.",
            "For each emotion accuracy, sensitivity (people with PD called PD) and specificity (controls called "
            "control) of fold models on the people each left out; every person counts once.",
            "Brackets: 95 % intervals by Wilson. They hold for these models tested on other people, and not for models "
            "trained on other people.",
        ),
    )


def _training_data(card: Mapping[str, Any]) -> Section:
    people = card["people"]
    rows = [("emotion", "rows", "with PD", "controls")]
    for emotion in emotions_of(card):
        told = card["emotions"][emotion]
        rows.append((emotion, str(told["n_rows"]), str(told["n_pd"]), str(told["n_control"])))
    sentences = [f"{people['n_rows']} rows of {people_words(card)}; a row is the peak frame of one expression."]
    if card["simulated"]:
        sentences.append("The people are simulated: no camera ever saw them, and nothing here holds for patients.")
    if people["n_rows_unknown"]:
        sentences.append(f"{people['n_rows_unknown']} rows of unknown group were left out.")
    sentences.append("Rows with a feature that was not measured were left out.")
    sentences += [f"Not trained for {emotion}. {reason}" for emotion, reason in card["skipped"].items()]
    return Section("Training data", tuple(sentences), tuple(rows))


def _evaluation(card: Mapping[str, Any]) -> Section:
    n_outer = card["vote_accuracy"]["n_outer"]
    return Section(
        "Evaluation data and protocol",
        (
            "The same people, never on both sides of a split: there is no evaluation on people of another place.",
            f"Whole vote: the people were parted into {n_outer}, both groups spread evenly; each part was judged by "
            "models that scaled, chose features, augmented and trained on the others only."
            if n_outer
            else "Whole vote: too few people to part them.",
            "Single emotions: each fold model was tested on the two people that it left out.",
            "Nothing was tuned: classifier, features and settings were fixed before, and synthetic rows were made of "
            "training rows alone.",
        ),
    )


def _results(card: Mapping[str, Any]) -> Section:
    rows: list[tuple[str, ...]] = [("vote of", "right", "sensitivity", "specificity", "n")]
    vote = card["vote_accuracy"]
    decided = vote["decided"] or {"accuracy": None, "n": 0}
    rows.append(("all emotions", interval(decided), "–", "–", str(decided["n"])))
    for emotion in emotions_of(card):
        told = card["emotions"][emotion]
        rates = (interval(told[name]) for name in ("out_of_fold", "sensitivity", "specificity"))
        rows.append((emotion, *rates, str(told["out_of_fold"]["n"])))
    return Section("Quantitative analyses", (headline(card),), tuple(rows))


def _calibration(card: Mapping[str, Any]) -> Section:
    calibration = Calibration.from_json(card["calibration"])
    if calibration.kind != LOGISTIC:
        return Section(
            "Calibration",
            ("Not calibrated: a share of the votes is not the probability of PD, and must not be read as one.",),
        )
    rows = [("mean share of votes for PD", "probability of PD", "95 % interval")]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        low, high = calibration.interval(share)
        rows.append((f"{share:.2f}", f"{calibration.probability(share):.2f}", f"{low:.2f} to {high:.2f}"))
    return Section(
        "Calibration",
        (
            f"Fitted to the votes on {calibration.n} people by models that had not seen them; it holds where as many "
            "people have PD as among these, and where few have it the probability is far lower.",
            _coverage(calibration),
        ),
        tuple(rows),
    )


def _coverage(calibration: Calibration) -> str:
    shares = np.array([*calibration.shares_pd, *calibration.shares_control])
    y = np.repeat([1, 0], [len(calibration.shares_pd), len(calibration.shares_control)])
    (found,) = coverage_curve(shares, y, [calibration.target_error])
    return (
        f"Sets of groups are stated for an error of {100 * found.error:.0f} %. Of people left out they held the own "
        f"group of {interval(found.pd.to_json())} with PD and {interval(found.control.to_json())} of the controls; "
        f"they named one group for {found.n_single}, both for {found.n_both} and neither for {found.n_empty}."
    )


def _ethics(card: Mapping[str, Any]) -> Section:
    holds = HOLDS_ROWS.get(card["settings"]["classifier"])
    return Section(
        "Ethical considerations",
        (
            "A wrong 'PD-like' frightens; a wrong 'control-like' reassures falsely. Tell nobody what it said.",
            "People are kept in the file as hashes, so that the model refuses whom it knows. Who guesses a code can "
            "confirm it.",
            *((holds,) if holds else ()),
            "Consent and approval for training on these people are a matter of the study, and not recorded here.",
        ),
    )


def _caveats(card: Mapping[str, Any]) -> Section:
    n = min(card["people"]["n_pd"], card["people"]["n_control"])
    return Section(
        "Caveats and limits",
        (
            f"{n} people in the smaller group: the intervals are wide, and the true value may lie anywhere in them.",
            "What separates the groups may be age, sex, site or the way of filming; compare them on the page AU table.",
            "The model withholds a verdict on a tie, with fewer than three usable emotions, and where the interval of "
            "the calibrated probability leaves both sides open.",
            f"It judges rows of {' or '.join(card['backends'])} only, and nobody who was trained on.",
            "The hash tells damage, not who made the file: take models from people you trust.",
        ),
    )
