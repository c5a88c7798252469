"""How sure a verdict is: the calibrated probability of PD, the groups it cannot exclude, and when to withhold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.screening.abstention import risk_coverage
from core.screening.calibration import Calibration, left_out_probabilities
from core.screening.held_out import HeldOutVotes
from core.screening.verdict import overall_share
from core.types import EmotionVote


def withheld_curve(held_out: HeldOutVotes) -> list[dict[str, object]]:
    """Accuracy of the calls that remain when doubtful ones are withheld (`RiskCoverage.to_json()`).

    Each person's probability is from a calibration that everybody else was fitted to. Empty for fewer than two people.
    """
    _, shares, y = held_out.shares()
    return risk_coverage(left_out_probabilities(shares, y), y).to_json() if len(shares) > 1 else []


def certainty(
    votes: Sequence[EmotionVote], calibration: Calibration, curve: Sequence[Mapping[str, object]]
) -> dict[str, Any]:
    """What the votes on one person are worth, for JSON.

    share: `verdict.overall_share`. probability, ci: calibrated, None without a usable emotion. p_values: by group,
    how usual such a share is. set: the groups that the calibration does not exclude at its target_error. calibration:
    `Calibration.to_json()`. risk_coverage: `withheld_curve`.
    """
    share = overall_share(votes)
    told: dict[str, Any] = {"share": share, "probability": None, "ci": None, "p_values": None, "set": None}
    if share is not None:
        told = {
            "share": share,
            "probability": calibration.probability(share),
            "ci": list(calibration.interval(share)),
            "p_values": asdict(calibration.p_values(share)),
            "set": sorted(calibration.conformal_set(share)),
        }
    return {**told, "calibration": calibration.to_json(), "risk_coverage": list(curve)}
