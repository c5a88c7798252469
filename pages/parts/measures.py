"""What can be compared between the groups: intensities, sides, dynamics, statistics of a clip, from one AU table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from core.scales import scale_of
from core.types import ACTION_UNITS, DYNAMICS_COLUMNS, STATISTICS, TABLE_II

if TYPE_CHECKING:
    import pandas as pd

ALL, PAPER = "all 17", "Table II"
UNIT_SETS = (ALL, PAPER)

DYNAMICS = {
    "amplitude": "amplitude (0 to 5)",
    "onset_s": "onset (s)",
    "onset_speed": "onset speed (per s)",
    "hold_s": "hold (s)",
    "hold_stability": "hold stability",
    "asymmetry": "asymmetry",
    "blinks_per_min": "blinks (per min)",
}
"""The columns of a clip's dynamics as a reader names them, with their units."""


@dataclass(frozen=True)
class Measure:
    """values: columns subject, group and the measures. panels: label of an axis to the measures on it."""

    values: pd.DataFrame
    panels: Mapping[str, tuple[str, ...]]
    axis: tuple[float, float] | None = None

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(feature for features in self.panels.values() for feature in features)


def available(table: pd.DataFrame) -> list[str]:
    """Names of the measures that the table has at least one value of."""
    return [name for name, columns in _COLUMNS.items() if any(c in table and table[c].notna().any() for c in columns)]


def measure(rows: pd.DataFrame, name: str, emotion: str, units: str) -> Measure:
    """One of `available` in rows of one emotion; units: one of `UNIT_SETS`."""
    import pandas as pd

    chosen = TABLE_II.get(emotion, ACTION_UNITS) if units == PAPER else ACTION_UNITS
    values, label, axis = _READERS[name](rows)
    features = [c for c in values.columns if (c in chosen or name == "Dynamics") and values[c].notna().any()]
    people = rows[["subject", "group"]]
    panels = {feature: (feature,) for feature in features} if name == "Dynamics" else {label: tuple(features)}
    return Measure(pd.concat([people, values[features]], axis=1), panels, axis)


_Read = tuple["pd.DataFrame", str, "tuple[float, float] | None"]


def _columns(rows: pd.DataFrame, suffix: str, label: str) -> _Read:
    """The columns of all units with this suffix, named by the unit."""
    kept = {f"{unit}{suffix}": unit for unit in ACTION_UNITS if f"{unit}{suffix}" in rows}
    return rows[list(kept)].rename(columns=kept).astype(float), label, None


def _intensity(rows: pd.DataFrame, suffix: str) -> _Read:
    top = max((scale_of(backend).maximum for backend in rows["backend"]), default=1.0)
    values, _, _ = _columns(rows, suffix, "")
    return values, f"intensity (0 to {top:g})", (-0.02 * top, 1.02 * top)


def _sides(rows: pd.DataFrame, signed: bool) -> _Read:
    from core.screening.asymmetry import side_differences

    values = side_differences(rows, signed=signed)
    return values, "(L − R) / (L + R)" if signed else "|L − R| / (L + R)", (-1.02, 1.02) if signed else (-0.02, 1.02)


def _dynamics(rows: pd.DataFrame) -> _Read:
    kept = {column: DYNAMICS[column] for column in DYNAMICS_COLUMNS if column in rows}
    return rows[list(kept)].rename(columns=kept).astype(float), "", None


_READERS: dict[str, Callable[[pd.DataFrame], _Read]] = {
    "Peak intensity": partial(_intensity, suffix=""),
    "Left side": partial(_intensity, suffix="_L"),
    "Right side": partial(_intensity, suffix="_R"),
    "Asymmetry, size": partial(_sides, signed=False),
    "Asymmetry, left minus right": partial(_sides, signed=True),
    "Dynamics": _dynamics,
    "Mean over the clip": partial(_columns, suffix="_mean", label="mean intensity"),
    "Variance over the clip": partial(_columns, suffix="_variance", label="variance (intensity²)"),
    "Entropy over the clip": partial(_columns, suffix="_entropy", label="entropy"),
}
_LEFT, _RIGHT = (tuple(f"{unit}_{side}" for unit in ACTION_UNITS) for side in "LR")
_COLUMNS: dict[str, Sequence[str]] = dict(
    zip(
        _READERS,
        (ACTION_UNITS, _LEFT, _RIGHT, _LEFT, _LEFT, DYNAMICS_COLUMNS,
         *(tuple(f"{unit}_{statistic}" for unit in ACTION_UNITS) for statistic in STATISTICS)),
        strict=True,
    )
)  # fmt: skip
