"""How unequally both sides of a face move, from the left and right intensities of an AU table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.types import SIDED_ACTION_UNITS

if TYPE_CHECKING:
    import pandas as pd

FAINTEST = 0.5
"""Sum of both sides, on the scale 0 to 5, below which their share says more about noise than about the face."""


def side_differences(rows: pd.DataFrame, *, signed: bool) -> pd.DataFrame:
    """(L − R) / (L + R) of every action unit whose two sides are columns of `rows`, or its size where not `signed`.

    −1 to 1, positive where the person's own left side moves more. NaN where L + R is below `FAINTEST` or a side is
    missing. Index and order as in `rows`; columns are named by the action unit.
    """
    import pandas as pd

    result = {}
    for unit in SIDED_ACTION_UNITS:
        if {f"{unit}_L", f"{unit}_R"} <= set(rows.columns):
            left, right = rows[f"{unit}_L"].astype(float), rows[f"{unit}_R"].astype(float)
            both = (left + right).where(left + right >= FAINTEST)
            share = (left - right) / both
            result[unit] = share if signed else share.abs()
    return pd.DataFrame(result, index=rows.index)
