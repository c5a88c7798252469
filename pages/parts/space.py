"""The AU space of one emotion as the pages share it: what is computed once, and what a slider then only cuts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.errors import UserError
from core.scales import limits_of
from core.types import CONTROL, GROUPS, PD, TABLE_KEYS

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.au_space import AUSpace
    from core.latent.cluster_tree import ClusterTree
    from core.latent.cut import Cut
    from core.latent.synthesis import Synthetic
    from core.latent.threshold_path import ThresholdPath
    from core.settings import SamplerSettings

SEED = 0


@dataclass(frozen=True)
class Choice:
    """Whose expressions, in which AUs, and how the tree of them is grown."""

    emotion: str
    features: str
    n_clusters: int | None
    rule: str


@dataclass(frozen=True, eq=False)
class Space:
    """Complete rows of one emotion, those of a known group first, and the AU space of these.

    rows: the table rows. n_labelled: how many the tree knows. X: (n, d) all rows standardised as the labelled ones.
    skipped: rows left out because an AU is missing. key: what names it among all spaces, for caches.
    """

    rows: pd.DataFrame
    n_labelled: int
    features: tuple[str, ...]
    au_space: AUSpace
    X: np.ndarray
    skipped: int
    key: tuple[str, Choice]

    @property
    def tree(self) -> ClusterTree:
        return self.au_space.tree

    @cached_property
    def path(self) -> ThresholdPath:
        from core.latent.threshold_path import threshold_path

        return threshold_path(self.tree)


@st.cache_resource(max_entries=24, scope="session", show_spinner="Clustering")
def build(_table: pd.DataFrame, table_hash: str, choice: Choice) -> Space:
    """The space of `choice` in the table of that hash. Raises `UserError` where it has no two groups to compare."""
    import pandas as pd

    from core.latent.au_space import build_space
    from core.latent.features import complete_rows, rows_of, samples
    from core.latent.selection import reduced

    n_rows = len(rows_of(_table, choice.emotion))
    if not n_rows:
        raise UserError(
            f"This cohort has no rows of {choice.emotion}.",
            "There is nothing to cluster.",
            "Choose another emotion, or add clips that show it.",
        )
    rows = complete_rows(_table, choice.emotion, choice.features)
    known = rows["group"].isin(GROUPS)
    ordered = pd.concat([rows[known], rows[~known]], ignore_index=True)
    labelled = reduced(samples(ordered, choice.emotion, choice.features))
    au_space = build_space(labelled.X, labelled.y, choice.n_clusters, choice.rule, SEED)
    X = au_space.standardised(ordered[list(labelled.features)].to_numpy(float))
    skipped = n_rows - len(rows)
    return Space(ordered, len(labelled.y), labelled.features, au_space, X, skipped, (table_hash, choice))


def synthetic_rows(space: Space, cut: Cut, alpha: float, spread: str) -> pd.DataFrame:
    """AGCL's rows for a cut, in intensities: the features, group, synthetic (True) and source (the cluster)."""
    import pandas as pd

    made = space.au_space.synthesise(cut, alpha, spread, limits_of(space.features), SEED)
    frame = pd.DataFrame(made.X, columns=list(space.features))
    frame["group"] = np.where(made.y == 1, PD, CONTROL)
    frame["synthetic"] = True
    frame["source"] = [f"cluster {path}" for path in made.source]
    return frame


@st.cache_resource(max_entries=24, scope="session", show_spinner="Making rows")
def _made(_space: Space, key: tuple[str, Choice], settings: SamplerSettings) -> Synthetic:
    from core.latent.samplers import synthetic_rows

    known = _space.rows[: _space.n_labelled]
    X, y = known[list(_space.features)].to_numpy(float), (known["group"] == PD).to_numpy(int)
    return synthetic_rows(X, y, settings, limits_of(_space.features), SEED)


def made_by(space: Space, settings: SamplerSettings) -> Synthetic:
    """What a method other than AGCL makes of the labelled rows, labels 1 for PD and 0 for control."""
    return _made(space, space.key, settings)


def rows_by(space: Space, settings: SamplerSettings) -> pd.DataFrame:
    """The rows of any other method, like `synthetic_rows`; source: whose row it was made from, or the group."""
    import pandas as pd

    from core.latent.au_space import source_words

    made = made_by(space, settings)
    known = space.rows[: space.n_labelled]
    frame = pd.DataFrame(made.X, columns=list(space.features))
    frame["group"] = np.where(made.y == 1, PD, CONTROL)
    frame["synthetic"] = True
    frame["source"] = source_words(made.source, known["subject"].tolist(), "the group")
    return frame


def with_provenance(space: Space, made: pd.DataFrame, emotion: str, method: str = "AGCL") -> pd.DataFrame:
    """The labelled rows, then the synthetic ones `made` of them, with `synthetic` and `source` on every row."""
    import pandas as pd

    real = space.rows[: space.n_labelled].assign(synthetic=False, source="")
    made = made.assign(subject="", emotion=emotion, backend=method, simulated=bool(real["simulated"].any()))
    columns = [*TABLE_KEYS, "synthetic", "source", *space.features]
    return pd.concat([real[columns], made[columns]], ignore_index=True)


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
