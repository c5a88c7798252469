"""What is tried of each method, and how often."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UserError
from core.screening.method_grids import MOST_ROWS, Plan, check_method, evenly, sampler_grid
from core.screening.plans import nested_plan, paper_plan
from core.settings import MATCHED, SAMPLERS, SIGMAS, GaussianNoiseSettings, ValidationSettings

SETTINGS = ValidationSettings()


@pytest.mark.parametrize(
    ("method", "n"),
    [
        ("none", 1), ("AGCL", 12 * 8), ("Gaussian noise", 4 * 14), ("kNNMTD", 4 * 3), ("SMOTE", 4 * 3),
        ("ADASYN", 4 * 2), ("smoothed bootstrap", 4 * 2), ("KMeansSMOTE", 4 * 2), ("class Gaussian", 12),
        ("duplication", 12), ("genetic search", 2), ("S3VAE", 4 * 2),
    ],
)  # fmt: skip
def test_the_number_of_settings_tried(method: str, n: int) -> None:
    assert len(sampler_grid(paper_plan(SETTINGS, method, "kNN"), [0.0] * 8)) == n
    assert paper_plan(SETTINGS, method, "kNN").n_settings == 4 * n
    assert nested_plan(SETTINGS, method, "kNN").n_settings <= 4 * min(n, 16)


def test_the_noise_is_as_in_the_paper() -> None:
    grid = sampler_grid(paper_plan(SETTINGS, "Gaussian noise", "kNN"), [])
    assert [each.sigma for each in grid if isinstance(each, GaussianNoiseSettings) and each.alpha == 2] == list(SIGMAS)


def test_a_size_matched_method_has_the_grid_of_the_method() -> None:
    for method in SAMPLERS:
        plain, matched = (paper_plan(SETTINGS, f"{prefix}{method}", "SVM") for prefix in ("", MATCHED))
        assert sampler_grid(plain, [0.5]) == sampler_grid(matched, [0.5])
        assert (plain.matched, matched.matched) == (False, True)


def test_large_tables_are_enlarged_a_little_only() -> None:
    plan = Plan("SVM", "AGCL", alphas=SETTINGS.alphas)
    assert {each.alpha for each in sampler_grid(plan, [0.0], 38) if each} == set(SETTINGS.alphas)
    assert {each.alpha for each in sampler_grid(plan, [0.0], MOST_ROWS // 8) if each} == {2, 7}
    assert {each.alpha for each in sampler_grid(plan, [0.0], MOST_ROWS) if each} == {2}


def test_evenly() -> None:
    assert evenly("abcde", 3) == ["a", "c", "e"]
    assert evenly("abcde", 1) == ["a"]
    assert evenly(np.arange(3), 9) == [0, 1, 2]


def test_an_unknown_method_is_refused() -> None:
    for name in ("none", *SAMPLERS, f"{MATCHED}SMOTE"):
        check_method(name)
    for name in ("ctgan", f"{MATCHED}ctgan", ""):
        with pytest.raises(UserError, match="There is no method"):
            check_method(name)
