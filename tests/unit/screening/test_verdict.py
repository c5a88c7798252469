"""The majority across emotions, worked by hand."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.screening.verdict import decide
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


@pytest.mark.parametrize("module", ["verdict", "statistics", "table_iv"])
def test_light_modules_import_nothing_heavy(module: str) -> None:
    code = (
        f"import sys, core.screening.{module}; print([m for m in ('sklearn', 'scipy', 'pandas') if m in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
