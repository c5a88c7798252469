"""How a person's expressions come and go, beside both groups of the cohort: sides, onset, hold, blinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.screening.statistics import percentile
from core.types import CONTROL, DYNAMICS_COLUMNS, EMOTIONS, PD

if TYPE_CHECKING:
    import pandas as pd


def movement(person: pd.DataFrame, cohort: pd.DataFrame) -> list[dict[str, Any]]:
    """A record for each emotion and each of `DYNAMICS_COLUMNS` that the person has a value of.

    Keys: emotion, measure, value (mean of the person's rows), and percentile_pd, percentile_control among the rows of
    either group, None where it has none. The rows of `cohort` are those of others. Nothing of it votes.
    """
    found = []
    for emotion in EMOTIONS:
        mine, others = person[person["emotion"] == emotion], cohort[cohort["emotion"] == emotion]
        for measure in DYNAMICS_COLUMNS:
            if measure not in mine or measure not in others or mine[measure].isna().all():
                continue
            value = float(mine[measure].astype(float).mean())
            known = {group: others.loc[others["group"] == group, measure].dropna() for group in (PD, CONTROL)}
            found.append(
                {
                    "emotion": emotion,
                    "measure": measure,
                    "value": value,
                    "percentile_pd": _percentile(value, known[PD]),
                    "percentile_control": _percentile(value, known[CONTROL]),
                }
            )
    return found


def _percentile(value: float, reference: pd.Series) -> float | None:
    return percentile(value, reference.to_numpy(float)) if len(reference) else None
