"""The items of TRIPOD+AI (Collins et al., BMJ 2024;385:e078378) as far as a kept model can answer them itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.screening.calibration import LOGISTIC
from core.screening.card_words import HOLDS_ROWS, emotions_of, headline, interval, kind_words, people_words

OF_THE_STUDY = ""
"""The answer of an item that only whoever reports the study can give."""


@dataclass(frozen=True)
class Item:
    """One item. answer: what the model says to it, or `OF_THE_STUDY`."""

    number: str
    topic: str
    answer: str


def items(card: Mapping[str, Any], identity: str) -> list[Item]:
    """All 52 items, in their order. identity: hash of the card."""
    return [Item(number, topic, answer) for number, topic, answer in _answers(card, identity)]


def _answers(card: Mapping[str, Any], identity: str) -> list[tuple[str, str, str]]:
    settings, people = card["settings"], card["people"]
    known = emotions_of(card)
    trained = "; ".join(
        f"{e}: {card['emotions'][e]['n_pd']} with PD, {card['emotions'][e]['n_control']} controls" for e in known
    )
    scores = "; ".join(f"{e} {interval(card['emotions'][e]['out_of_fold'])}" for e in known)
    holds = HOLDS_ROWS.get(settings["classifier"], "")
    imbalance = (
        "AGCL makes rows of both groups by the same factor" if settings["method"] == "AGCL" else "None were used"
    )
    chosen = ", of which each model chose three by its own rows" if settings["features"] == "automatic" else ""
    calibrated = card["calibration"]["kind"] == LOGISTIC
    calibration = "Logistic, on the votes on people left out." if calibrated else "None: too little to learn it from."
    return [
        ("1", "Title", "Development, with internal validation, of a model that tells PD from controls by the action "
         "units of posed expressions."),
        ("2", "Abstract", OF_THE_STUDY),
        ("3a", "Background", "Diagnostic, for research. After Haghbin et al. (AGCL)."),
        ("3b", "Target population and purpose", "A research aid for clinicians; no place in care."),
        ("3c", "Health inequalities", OF_THE_STUDY),
        ("4", "Objectives", "Development and internal validation; no external validation."),
        ("5a", "Data sources", f"One table of {people_words(card)}, rows hashed as {card['input_hash'][:12]}…."),
        ("5b", "Dates", OF_THE_STUDY),
        ("6a", "Setting", OF_THE_STUDY),
        ("6b", "Eligibility", OF_THE_STUDY),
        ("6c", "Treatments", OF_THE_STUDY),
        ("7", "Data preparation", f"Peak frame of each clip by {', '.join(card['backends'])}; unusable clips give no "
         "row."),
        ("8a", "Outcome", "The group in the table, PD or control; how it was assessed is of the study."),
        ("8b", "Outcome assessors", OF_THE_STUDY),
        ("8c", "Blinding of the outcome", OF_THE_STUDY),
        ("9a", "Choice of predictors", f"{settings['features']}, fixed before training{chosen}."),
        ("9b", "Definition of predictors", f"Action units of the peak frame, measured by {', '.join(card['backends'])} "
         "without knowledge of the group."),
        ("9c", "Predictor assessors", "None: predictors are computed; a peak can be corrected by hand."),
        ("10", "Sample size", f"{people['n']} people; no calculation was made."),
        ("11", "Missing data", "Rows with an unmeasured feature were left out; an emotion without clip does not vote."),
        ("12a", "Use of the data", f"Whole vote tested on {card['vote_accuracy']['n_outer']} parts of the people; kept "
         "models trained on all of them."),
        ("12b", "Handling of predictors", "Standardised by mean and SD of the training rows."),
        ("12c", "Type of model", f"Majority over emotions of {kind_words(card)}; nothing tuned; leave-two-out."),
        ("12d", "Heterogeneity between clusters", "Not examined: the table names no centres."),
        ("12e", "Measures of performance", "Accuracy, sensitivity and specificity, each with a 95 % Wilson interval."),
        ("12f", "Model updating", "None."),
        ("12g", "How predictions were calculated", "By the fold models in the file, weighted by their accuracy."),
        ("13", "Class imbalance", f"{imbalance}; {people['n_pd']} with PD, {people['n_control']} controls."),
        ("14", "Fairness", "Not addressed."),
        ("15", "Model output", "PD-like, control-like or undecided: more than half of the usable emotions, of which at "
         "least three."),
        ("16", "Training versus evaluation", "The same people, setting and predictors."),
        ("17", "Ethical approval", OF_THE_STUDY),
        ("18a", "Funding", OF_THE_STUDY),
        ("18b", "Conflicts of interest", OF_THE_STUDY),
        ("18c", "Protocol", OF_THE_STUDY),
        ("18d", "Registration", OF_THE_STUDY),
        ("18e", "Data sharing", holds or "No row of a person is in the file; the table is with the study."),
        ("18f", "Code sharing", "Hypomimia Lab; versions are in the model."),
        ("19", "Patient and public involvement", OF_THE_STUDY),
        ("20a", "Flow of participants", f"{people_words(card)}; {people['n_rows_unknown']} rows of unknown group left "
         "out."),
        ("20b", "Characteristics", "See Factors." if people["age"] or people["sex"] else OF_THE_STUDY),
        ("20c", "Comparison with development data", "The same people."),
        ("21", "Participants in each analysis", f"{trained}."),
        ("22", "Model specification", f"The file itself, SHA-256 of its card {identity[:12]}…."),
        ("23a", "Performance", f"{headline(card)} Single emotions: {scores}. {calibration}"),
        ("23b", "Heterogeneity in performance", "Not examined."),
        ("24", "Model updating, results", "None."),
        ("25", "Interpretation", OF_THE_STUDY),
        ("26", "Limitations", "See Caveats and limits."),
        ("27a", "Poor or missing input", "A clip that is not usable does not vote; under three emotions no verdict."),
        ("27b", "Interaction and expertise", "Whoever films poses and labels the expressions; a clinician interprets."),
        ("27c", "Next steps", "External validation on people of another place."),
    ]  # fmt: skip
