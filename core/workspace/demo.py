"""The demo cohort that comes with the program: people rendered from a face model, whom no camera ever saw.

`tools/demo_cohort.py` made it; `assets/demo/README.md` says how, and from which distributions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.types import TABLE_KEYS

if TYPE_CHECKING:
    import pandas as pd

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "demo"


@dataclass(frozen=True)
class DemoClip:
    """A rendered clip of one of the four people whose clips come along."""

    path: Path
    subject: str
    emotion: str
    group: str


def demo_table() -> pd.DataFrame:
    """The AU table of all 59 simulated people, 272 rows: `TABLE_KEYS`, then what was measured in their clips.

    29 PD-like and 30 control-like, as many in each emotion as in Table I of the AGCL paper.
    """
    import pandas as pd

    # The reader leaves a block a column; a copy lies in one piece, or every later insert would warn.
    return pd.read_csv(_FOLDER / "cohort.csv", dtype=dict.fromkeys(TABLE_KEYS[:4], "str")).copy()


def demo_clips() -> tuple[DemoClip, ...]:
    """The clips of four of them, two of each group, in all five emotions, by name."""
    truth = json.loads((_FOLDER / "clips" / "truth.json").read_text(encoding="utf-8"))
    return tuple(
        DemoClip(_FOLDER / "clips" / name, told["subject"], told["emotion"], told["group"])
        for name, told in sorted(truth.items())
    )
