"""How far each action unit can be trusted, as measured when its coefficients were fitted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from core.faces.regression import FILE
from core.types import ACTION_UNITS


@dataclass(frozen=True)
class Reliability:
    """Of one action unit. level: `high`, `medium` or `low`.

    r, mae: correlation with the true intensity, and mean absolute error (0 to 5), on rendered people that nothing was
    fitted on. side_r: correlation of left minus right with the truth there, None for units without sides. agreement:
    median correlation with OpenFace 2 within real clips, None where none of them shows the unit.
    """

    level: str
    r: float
    mae: float
    side_r: float | None
    agreement: float | None


@cache
def reliability() -> dict[str, Reliability]:
    """Action unit -> how far it can be trusted, from `models/action_units.json`."""
    stored = json.loads(FILE.read_text("utf-8"))["reliability"]
    return {unit: Reliability(**stored[unit]) for unit in ACTION_UNITS}
