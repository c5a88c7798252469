"""The majority across emotions, worked by hand."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from core.screening.calibration import Calibration
from core.screening.verdict import decide, overall_share
from core.types import EmotionVote


def votes(letters: str) -> list[EmotionVote]:
    """P votes PD, C control, t ties, x cannot be used."""
    decision = {"P": "PD", "C": "control", "t": "tie", "x": "tie"}
    return [EmotionVote(f"emotion {i}", 25, 0, 0.0, decision[c], usable=c != "x") for i, c in enumerate(letters)]


@pytest.mark.parametrize(
    ("letters", "decision", "reason"),
    [
        ("PPPCC", "PD-like", "3 of 5 usable emotions voted PD."),
        ("PPCCC", "control-like", "3 of 5 usable emotions voted control."),
        ("PPPxx", "PD-like", "3 of 3 usable emotions voted PD."),
        ("PPCx", "PD-like", "2 of 3 usable emotions voted PD."),
        ("PPCC", "undecided", "No side has a majority: 2 voted PD, 2 voted control."),
        ("PPCtt", "undecided", "No side has a majority: 2 voted PD, 1 voted control and 2 tied."),
        ("PPPtt", "PD-like", "3 of 5 usable emotions voted PD."),
        ("PPxxx", "undecided", "Only 2 emotions can be used, and a verdict needs at least 3."),
        ("Pxxxx", "undecided", "Only 1 emotion can be used, and a verdict needs at least 3."),
        ("xxxxx", "undecided", "No emotion can be used, and a verdict needs at least 3."),
    ],
)
def test_decisions(letters: str, decision: str, reason: str) -> None:
    verdict = decide(votes(letters))
    assert (verdict.decision, verdict.reason) == (decision, reason)
    assert len(verdict.votes) == len(letters)


@pytest.mark.parametrize("module", ["verdict", "statistics", "table_iv", "calibration", "abstention", "paired_tests"])
def test_light_modules_import_nothing_heavy(module: str) -> None:
    code = (
        f"import sys, core.screening.{module}; print([m for m in ('sklearn', 'scipy', 'pandas') if m in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_the_overall_share_is_the_mean_of_the_usable_emotions() -> None:
    cast = [EmotionVote("a", 25, 20, 0.8, "PD"), EmotionVote("b", 25, 10, 0.4, "control"),
            EmotionVote("c", 0, 0, 0.0, "tie", usable=False)]  # fmt: skip
    assert overall_share(cast) == pytest.approx(0.6)
    assert overall_share(cast[2:]) is None


def shared(*shares: float) -> list[EmotionVote]:
    return [EmotionVote(f"emotion {i}", 25, round(25 * s), s, "PD" if s > 0.5 else "control")
            for i, s in enumerate(shares)]  # fmt: skip


# Log-odds 8 · (share − 0.5) with a standard error of 1 everywhere: the interval leaves 0.5 at a share of 0.745.
CURVE = Calibration("logistic", 0.0, 8.0, (1.0, 0.0, 0.0), (0.9,), (0.1,))


@pytest.mark.parametrize(
    ("shares", "calibration", "decision", "ending"),
    [
        ([0.9, 0.9, 0.8], CURVE, "PD-like", "3 of 3 usable emotions voted PD."),
        ([0.1, 0.1, 0.2], CURVE, "control-like", "3 of 3 usable emotions voted control."),
        ([0.74, 0.74, 0.74], CURVE, "undecided", "holds 0.5, which leaves both sides open."),
        ([0.75, 0.75, 0.75], CURVE, "PD-like", "3 of 3 usable emotions voted PD."),
        ([0.7, 0.7, 0.0], CURVE, "undecided", "which leaves both sides open."),
        ([0.6, 0.6, 0.6, 0.0, 0.0], replace(CURVE, covariance=(0.01, 0.0, 0.0)), "undecided", "on the other side."),
        ([0.9, 0.1], CURVE, "undecided", "Only 2 emotions can be used, and a verdict needs at least 3."),
        ([0.9, 0.9, 0.1, 0.1], CURVE, "undecided", "2 voted PD, 2 voted control."),
        ([1.0, 1.0, 1.0], replace(CURVE, kind="flat", slope=0.0), "undecided", "from the people left out of training."),
        ([1.0, 1.0, 1.0], replace(CURVE, kind="identity"), "undecided", "from the people left out of training."),
    ],
)
def test_a_calibrated_verdict_needs_its_interval_on_one_side(
    shares: list[float], calibration: Calibration, decision: str, ending: str
) -> None:
    verdict = decide(shared(*shares), calibration)
    assert verdict.decision == decision
    assert verdict.reason.endswith(ending)
    if decision != "undecided":
        assert verdict == decide(shared(*shares))
