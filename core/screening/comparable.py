"""Tables of different backends, made as comparable as they can be: each person by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.people import person_key
from core.scales import mixture
from core.types import ACTION_UNITS, EMOTIONS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Given:
    """What was handed in, before it was made comparable. mixed: what was done to it, empty for nothing."""

    person: pd.DataFrame
    cohort: pd.DataFrame
    mixed: str


def comparable(*tables: pd.DataFrame) -> tuple[tuple[pd.DataFrame, ...], str]:
    """AU tables that one model will see, and what was done to them: nothing, and an empty text, for one backend.

    Where they mix backends, each intensity becomes (x - mean) / SD over all units and emotions of the same person by
    the same backend, so that neither scale nor offset of a backend tells a model anything; units that not all of the
    backends give become NaN. Only a person's own rows enter, so that nothing passes from tested to trained people. With
    the scale goes how strong a person's expressions are altogether: what is left is how they differ from one another.
    """
    import pandas as pd

    mixed = mixture(*tables)
    if not mixed:
        return tables, ""
    both = pd.concat(tables, ignore_index=True)
    units = [unit for unit in ACTION_UNITS if unit in both]
    given = both.groupby("backend")[units].count() > 0
    common = [unit for unit in units if given[unit].all()]
    said = (
        f"{mixed}: each person was normalised by the mean and spread of their own {len(common)} action units that all "
        "of these give, which takes away how strong their expressions are altogether"
    )
    return tuple(_by_person(table, units, common) for table in tables), said


def _by_person(table: pd.DataFrame, units: list[str], common: list[str]) -> pd.DataFrame:
    import numpy as np

    result = table.copy()
    present = [unit for unit in units if unit in table]
    result[present] = result[present].astype(float)
    result[[unit for unit in present if unit not in common]] = np.nan
    columns = [unit for unit in common if unit in table]
    shown = table["emotion"].isin(EMOTIONS).to_numpy()
    who = table["subject"].map(person_key).to_numpy(str)
    backends = table["backend"].to_numpy(str)
    values = table[columns].to_numpy(float)
    scaled = np.full(values.shape, np.nan)
    for person, backend in sorted(set(zip(who, backends, strict=True))):
        theirs = (who == person) & (backends == backend)
        own = values[theirs & shown] if (theirs & shown).any() else values[theirs]
        own = own[np.isfinite(own)]
        if len(own):
            scaled[theirs] = (values[theirs] - own.mean()) / (own.std() or 1.0)
    result[columns] = scaled
    return result
