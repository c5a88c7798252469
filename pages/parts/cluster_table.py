"""The clusters of a cut as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

    from core.latent.cut import Cluster

FATES = {"pure": "kept", "split": "split", "discarded": "discarded"}


def table(clusters: Sequence[Cluster]) -> pd.DataFrame:
    """One row a cluster, parents before children; CSM and SC are missing where the cluster is pure."""
    import pandas as pd

    return pd.DataFrame(
        {
            "cluster": c.path,
            "n": len(c.members),
            "PD": c.counts.get(1, 0),
            "control": c.counts.get(0, 0),
            "purity (%)": 100 * max(c.counts.values()) / len(c.members),
            "CSM": c.csm,
            "H (bit)": c.entropy,
            "SC": c.sc,
            "fate": FATES[c.fate],
        }
        for c in clusters
    )


def styled(clusters: Sequence[Cluster]) -> Styler:
    """The table with two decimals; CSM is ∞ where neither class has any spread."""
    return table(clusters).style.format(precision=2).format("{:.0f}", subset=["purity (%)"]).format(
        lambda csm: "∞" if csm == float("inf") else f"{csm:.2f}", subset=["CSM"]
    )  # fmt: skip
