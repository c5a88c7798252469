"""What a report on one screening says, in its order, whatever it is written as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.screening.card_words import interval
from core.settings import NOTICE
from core.types import CONTROL, PD

VOTES, CALIBRATION, WITHHELD = "votes", "calibration", "withheld"
"""Figures: see `core.screening.report.figures`."""

MOST_EXTREME = 8


@dataclass(frozen=True)
class Section:
    """heading, sentences, a table (its first row the head; empty for none) and the name of a figure or empty."""

    heading: str
    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    figure: str = ""


def sections(result: Mapping[str, Any]) -> list[Section]:
    """Of `Screening.to_json()`; what older results do not tell is left out."""
    told = result.get("certainty") or {}
    found = [_verdict(result, told)]
    if result["warnings"]:
        found.append(Section("Warnings", tuple(result["warnings"])))
    found += [_votes(result), _drivers(result)]
    if told.get("probability") is not None:
        found.append(
            Section(
                "What the votes are worth",
                (
                    "The share of the votes for PD was calibrated on people left out of training. The probability "
                    "holds where as many people have PD as in this cohort; where few have it, it is far lower.",
                ),
                figure=CALIBRATION,
            )
        )
    if told.get("risk_coverage"):
        found.append(
            Section(
                "What withholding doubtful verdicts gains",
                ("Right of the calls that remain, against the share of people called, with the 95 % interval.",),
                figure=WITHHELD,
            )
        )
    if result["notes"]:
        found.append(Section("Notes", tuple(result["notes"])))
    return [*found, _provenance(result), _reading()]


def _verdict(result: Mapping[str, Any], told: Mapping[str, Any]) -> Section:
    cohort = result["cohort"]
    simulated = "simulated " if cohort["simulated"] else ""
    sentences = [
        NOTICE,
        f"Verdict on {result['person']}: {result['verdict']['decision']}. {result['verdict']['reason']}",
        f"Likeness to {cohort['n_pd']} {simulated}people with PD or {cohort['n_control']} {simulated}controls, not a "
        "diagnosis.",
    ]
    if told.get("probability") is not None:
        low, high = told["ci"]
        groups = " and ".join(told["set"]) or "neither group"
        sentences.append(
            f"Probability of PD {told['probability']:.2f} (95 % interval {low:.2f} to {high:.2f}); at "
            f"{100 * told['calibration']['target_error']:.0f} % error what is left is {groups}."
        )
    accuracy = result["vote_accuracy"]
    if accuracy["decided"] is not None:
        sentences.append(
            f"Right on people never seen: {interval(accuracy['decided'])} of {accuracy['decided']['n']} verdicts; "
            f"{accuracy['n_undecided']} of {accuracy['n_people']} people stayed undecided."
        )
    return Section("Verdict", tuple(sentences))


def _votes(result: Mapping[str, Any]) -> Section:
    rows = [("emotion", "decision", "models for PD", "right on people left out", "remark")]
    for vote in result["emotions"]:
        usable = vote["usable"]
        rows.append(
            (
                vote["emotion"],
                vote["decision"] if usable else "does not count",
                f"{vote['n_for_pd']} of {vote['n_models']}" if usable else "–",
                interval(vote["out_of_fold"]),
                vote["reason"],
            )
        )
    return Section("Votes", (), tuple(rows), VOTES)


def _drivers(result: Mapping[str, Any]) -> Section:
    readings = [
        (vote["emotion"], reading) for vote in result["emotions"] if vote["usable"] for reading in vote["features"]
    ]
    readings.sort(key=lambda one: -abs(one[1]["percentile_pd"] + one[1]["percentile_control"] - 100))
    rows = [("emotion", "measured", "value", "percentile in PD", "percentile in controls")]
    rows += [
        (emotion, r["name"], f"{r['value']:.2f}", f"{r['percentile_pd']:.0f}", f"{r['percentile_control']:.0f}")
        for emotion, r in readings[:MOST_EXTREME]
    ]
    more = len(readings) - MOST_EXTREME
    return Section(
        "What was measured, the most unusual first",
        (f"{more} more stand in the result as JSON.",) if more > 0 else (),
        tuple(rows),
    )


def _provenance(result: Mapping[str, Any]) -> Section:
    settings = result["settings"]
    rows = [("what", "value"), ("rows of the person, SHA-256", result["person_hash"]),
            ("rows trained on, SHA-256", result["cohort"]["hash"])]  # fmt: skip
    if result.get("model"):
        rows.append(("kept model, SHA-256", result["model"]))
    if result.get("compared_with"):
        rows.append(("rows compared with, SHA-256", result["compared_with"]["hash"]))
    rows += [(key, str(settings[key])) for key in ("classifier", "method", "features", "n_folds", "random_state")]
    rows += [(name, version) for name, version in result["versions"].items()]
    return Section("How it was made", (), tuple(rows))


def _reading() -> Section:
    return Section(
        "How to read it",
        (
            "Vote: each fold model of an emotion, trained without one person with PD and one control, says PD or "
            "control; its voice weighs as much as its accuracy on these two. The majority of emotions decides.",
            f"What is left: the groups that are not excluded at the stated error, {PD}, {CONTROL}, both or neither.",
            "Undecided: a tie, fewer than three usable emotions, or a probability whose interval holds 0.5.",
            "Percentile: how many of 100 people of the group have a lower value.",
        ),
    )
