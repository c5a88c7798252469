"""The AU space of one emotion as the pages share it: what is computed once, and what a slider then only cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.errors import UserError
from core.types import CONTROL, GROUPS, MAX_INTENSITY, PD

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.cluster_tree import ClusterTree, Cut

SEED = 0


@dataclass(frozen=True)
class Choice:
    """Whose expressions, in which AUs, and how the tree of them is grown."""

    emotion: str
    features: str
    n_clusters: int | None
    rule: str


@dataclass(frozen=True)
class Space:
    """Complete rows of one emotion, those of a known group first, and the whole tree of these.

    rows: the table rows. n_labelled: how many the tree knows. mean, sd: (d,) of the labelled rows. X: (n, d) all
    rows standardised by them, so that no AU rules the distances by its scale. skipped: rows with missing AUs.
    """

    rows: pd.DataFrame
    n_labelled: int
    features: tuple[str, ...]
    mean: np.ndarray
    sd: np.ndarray
    X: np.ndarray
    tree: ClusterTree
    skipped: int

    def standardised(self, intensity: np.ndarray) -> np.ndarray:
        return (intensity - self.mean) / self.sd

    def intensity(self, X: np.ndarray) -> np.ndarray:
        return X * self.sd + self.mean


@st.cache_resource(max_entries=24, scope="session", show_spinner="Clustering")
def build(_table: pd.DataFrame, table_hash: str, choice: Choice) -> Space:
    """The space of `choice` in the table of that hash. Raises `UserError` where it has no two groups to compare."""
    from core.latent.cluster_tree import ClusterTree
    from core.latent.features import feature_names, samples

    features = feature_names(choice.emotion, choice.features)
    rows = _table[_table["emotion"] == choice.emotion]
    if rows.empty:
        raise UserError(
            f"This cohort has no rows of {choice.emotion}.",
            "There is nothing to cluster.",
            "Choose another emotion, or add clips that show it.",
        )
    complete = rows.reindex(columns=list(features)).notna().all(axis=1)
    known = rows["group"].isin(GROUPS)
    import pandas as pd

    ordered = pd.concat([rows[complete & known], rows[complete & ~known]], ignore_index=True)
    labelled = samples(ordered[ordered["group"].isin(GROUPS)], choice.emotion, choice.features)
    mean, sd = labelled.X.mean(axis=0), labelled.X.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    X = (ordered[list(features)].to_numpy(float) - mean) / sd
    tree = ClusterTree(n_clusters=choice.n_clusters, rule=choice.rule, random_state=SEED)
    tree.fit(X[: len(labelled.y)], labelled.y)
    return Space(ordered, len(labelled.y), tuple(features), mean, sd, X, tree, int((~complete).sum()))


def synthetic_rows(space: Space, cut: Cut, alpha: float, spread: str) -> pd.DataFrame:
    """AGCL's rows for a cut, in intensities: the features, group, synthetic (True) and source (the cluster)."""
    import pandas as pd

    from core.latent.synthesis import synthesise

    made = synthesise(space.tree, cut, alpha, spread, bounds=None, random_state=SEED)
    # The scale ends at 0 and 5: clipped here, where rows are intensities again.
    frame = pd.DataFrame(space.intensity(made.X).clip(0, MAX_INTENSITY), columns=list(space.features))
    frame["group"] = np.where(made.y == 1, PD, CONTROL)
    frame["synthetic"] = True
    frame["source"] = made.source
    return frame


def coverage_words(cut: Cut, rule: str) -> tuple[str, str]:
    """(loud, calm): what to shout when a group gets no synthetic rows, and one sentence on who is covered."""
    share = {PD: cut.coverage.get(1, 0.0), CONTROL: cut.coverage.get(0, 0.0)}
    calm = "In pure clusters: " + ", ".join(f"**{100 * part:.0f} %** of {name}" for name, part in share.items()) + "."
    left_out = [name for name, part in share.items() if part == 0]
    if not left_out:
        return "", calm
    way = "Lower" if rule == "text" else "Raise"
    who = "Neither group" if len(left_out) == 2 else f"No row of {left_out[0]}"
    return (
        f"{who} is in a pure cluster, so AGCL makes no synthetic rows of {' or '.join(left_out)}. "
        f"{way} the threshold to split further, or raise k."
    ), calm
