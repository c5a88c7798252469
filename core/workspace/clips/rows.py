"""The rows that measured clips give to an AU table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.types import ACTION_UNITS, TABLE_KEYS
from core.workspace.clips.records import CLIPS_HERE, NEUTRAL
from core.workspace.store import Workspace

if TYPE_CHECKING:
    import pandas as pd


def rows_of(ws: Workspace, clip_ids: Sequence[str]) -> pd.DataFrame:
    """AU-table rows (`core.types.TABLE_KEYS` and `AU*`) of the usable clips among `clip_ids`, neutral clips left out.

    Of several clips of a person in one emotion one gives the row: without a warning before with one, then the newest.
    """
    import pandas as pd

    marks = ",".join("?" * len(clip_ids))
    found = ws.read(
        f"SELECT * FROM {CLIPS_HERE} WHERE id IN ({marks}) AND holds AND peak_row IS NOT NULL AND emotion <> ? "
        "ORDER BY verdict = 'usable' DESC, added DESC",
        (*clip_ids, NEUTRAL),
    )
    rows = [
        {
            "subject": row["subject"],
            "emotion": row["emotion"],
            "group": row["group"],
            "backend": json.loads(row["measurement"])["backend"],
            "simulated": bool(row["simulated"]),
            **json.loads(row["peak_row"]),
        }
        for row in found
    ]
    table = pd.DataFrame(rows, columns=None if rows else [*TABLE_KEYS, *ACTION_UNITS])
    table = table.drop_duplicates(["subject", "emotion"]) if rows else table
    return table.sort_values(["subject", "emotion"], ignore_index=True)
