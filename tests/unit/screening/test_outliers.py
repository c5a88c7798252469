"""Who is far from the others by hand; what does not count as far; side differences by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.screening.asymmetry import side_differences
from core.screening.outliers import find_outliers, robust_z


def rows(values: list[float], **columns: object) -> pd.DataFrame:
    table = pd.DataFrame({"subject": [f"P{i}" for i in range(len(values))], "AU12": values, "AU45": 0.0})
    return table.assign(**{"emotion": "fear", "group": "PD", "backend": "hypomimia-lab"} | columns)


def test_robust_z_by_hand() -> None:
    # Median 3, distances 2 1 0 1 97, MAD 1: the last is 97 / 1.4826 away, whatever it is itself.
    z = robust_z(np.array([1.0, 2, 3, 4, 100]))
    assert z[[2, 4]] == pytest.approx([0, 97 / 1.4826])


def test_the_far_row_is_named_with_what_it_is_far_in() -> None:
    table = rows([1.0, 1.5, 2.0, 2.5, 3.0, 3.2, 1.2])
    table.loc[2, ["AU12", "AU45"]] = [5.0, 4.0]
    (found,) = find_outliers(table, ["AU12", "AU45"])
    assert (found.subject, found.feature, found.value, found.median, found.also) == ("P2", "AU45", 4.0, 0.0, ())
    assert found.z == pytest.approx(16)
    table.loc[2, "AU12"] = 50.0
    (found,) = find_outliers(table, ["AU12", "AU45"])
    assert (found.feature, found.also, found.n) == ("AU12", ("AU45",), 7)


def test_a_twitch_among_faces_at_rest_is_not_far() -> None:
    assert find_outliers(rows([0.0] * 9 + [0.8]), ["AU12"]) == []
    assert len(find_outliers(rows([0.0] * 9 + [0.9]), ["AU12"])) == 1


def test_what_is_small_on_one_scale_is_large_on_another() -> None:
    assert len(find_outliers(rows([0.0] * 9 + [0.8], backend="py-feat"), ["AU12"])) == 1


def test_rows_are_held_against_their_like_alone() -> None:
    groups = pd.concat([rows([1.0] * 6), rows([4.0] * 6, group="control"), rows([3.0] * 6, emotion="anger")])
    assert find_outliers(groups, ["AU12"]) == []
    assert find_outliers(groups.assign(backend=["a", "b"] * 9).iloc[:4], ["AU12"]) == []
    few = rows([0.0, 0.0, 0.0, 5.0])
    assert find_outliers(few, ["AU12"]) == []


def test_missing_values_are_no_outliers() -> None:
    assert find_outliers(rows([1.0, 1.1, np.nan, 1.2, 0.9, 1.0]), ["AU12", "AU45"]) == []
    assert find_outliers(rows([np.nan] * 6), ["AU12"]) == []


def test_side_differences_by_hand() -> None:
    table = pd.DataFrame(
        {"AU12_L": [3.0, 1.0, 0.2, np.nan], "AU12_R": [1.0, 3.0, 0.1, 2.0], "AU17": 1.0, "AU06_L": 1.0}
    )
    signed = side_differences(table, signed=True)
    assert list(signed) == ["AU12"]
    np.testing.assert_allclose(signed["AU12"], [0.5, -0.5, np.nan, np.nan])
    np.testing.assert_allclose(side_differences(table, signed=False)["AU12"], [0.5, 0.5, np.nan, np.nan])
