"""The study of real smiles in its short form: the effects are there with twenty draws, few of them with two."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import ufnet_study


@pytest.fixture(scope="module")
def bars(shared_data: Path) -> dict[str, ufnet_study.Bar]:
    return {bar.name: bar for bar in ufnet_study.bars(n_fixed=20, n_tuned=2)}


def begins(bars: dict[str, ufnet_study.Bar], *words: str) -> list[ufnet_study.Bar]:
    found = [bar for name, bar in bars.items() if name.startswith(words)]
    assert found
    return found


def test_baselines_and_fixed_settings_reach_their_bars(bars: dict[str, ufnet_study.Bar]) -> None:
    for bar in begins(bars, "1 ", "3 ", "4 leaky", "6 "):
        assert bar.met, bar


def test_size_matched_copies_change_nothing(bars: dict[str, ufnet_study.Bar]) -> None:
    for bar in begins(bars, "4 kNN, size", "4 SVM, size", "4 logistic regression, size"):
        assert bar.met, bar
    assert next(bar for name, bar in bars.items() if name.startswith("4 kNN, size")).seen == 0.0


def test_two_draws_show_no_leak(bars: dict[str, ufnet_study.Bar]) -> None:
    """A leak would show as gains of ten points and more, and as permuted labels that are learnt."""
    for bar in begins(bars, "2 "):
        assert -8 < bar.seen < 5, bar
    for bar in bars.values():
        if "permuted" in bar.name:
            assert 30 < bar.seen < 68, bar
        if bar.name.startswith("5 "):
            assert abs(bar.seen) < 18, bar


def test_a_bar_is_met_within_its_range() -> None:
    assert ufnet_study.Bar("x", 1.0, 1.0, 2.0).met
    assert not ufnet_study.Bar("x", 0.99, 1.0).met
    assert str(ufnet_study.Bar("x", 0.5, 1.0)) == "x: 0.50, target at least 1 MISSED"
