"""What measured a table decides what its numbers mean."""

from __future__ import annotations

import pandas as pd
import pytest

from core.scales import SCALES, backends_of, mixture, scale_of
from core.types import ACTION_UNITS


def measured_by(*backends: str) -> pd.DataFrame:
    return pd.DataFrame({"backend": backends})


@pytest.mark.parametrize("backend", [*SCALES, "hypomimia-lab", "simulated", "unknown"])
def test_a_scale_names_units_that_exist(backend: str) -> None:
    scale = scale_of(backend)
    assert set(scale.units) | set(scale.missing) == set(ACTION_UNITS)
    assert not set(scale.units) & set(scale.missing)
    assert scale.words in ("0 to 5", "0 to 1")


def test_only_tables_of_several_backends_are_a_mixture() -> None:
    assert mixture(measured_by("openface", "openface"), measured_by("openface")) == ""
    assert backends_of(measured_by("b", "a"), measured_by("a")) == ("a", "b")
    alike = mixture(measured_by("openface"), measured_by("hypomimia-lab"))
    assert "(hypomimia-lab, openface)" in alike
    assert "0 to" not in alike
    assert "(openface 0 to 5, py-feat 0 to 1)" in mixture(measured_by("openface", "py-feat"))
