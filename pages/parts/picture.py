"""What the map of a space shows at every threshold, computed once: a threshold then only chooses from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.settings import AGCLSettings, SamplerSettings
from core.types import CONTROL, PD
from pages.parts import charts
from pages.parts.projection import AXES, Projection, project
from pages.parts.space import Choice, Space, rows_by, synthetic_rows

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.cut import Cut

MOST_DRAWN = 10_000
"""Points on the map; of more, evenly many synthetic ones are left out."""
ROUND_TO = 0.02
"""How far an outline keeps from its points, in widths of the map."""


@dataclass(frozen=True, eq=False)
class Picture:
    """Rows of a space and all synthetic rows that any threshold shows, with their places x, y on a map.

    node: (q,) the row of the tree's node table that each synthetic row was drawn from; -1 where a method other than
    AGCL made it, which no threshold changes.
    """

    space: Space
    rows: pd.DataFrame
    synthetic: pd.DataFrame
    node: np.ndarray
    axes: tuple[str, str]
    _edges: dict[int, np.ndarray] = field(default_factory=dict)

    @cached_property
    def spans(self) -> np.ndarray:
        """(N, 2): see `core.latent.threshold_path.end_spans`."""
        from core.latent.threshold_path import end_spans

        return end_spans(self.space.tree)

    @cached_property
    def kinds(self) -> np.ndarray:
        """(N,) kind of the outline of each node: the group of a pure one, empty for a mixed one."""
        table = self.space.tree.nodes_
        return np.where(table.pure, np.where(table.counts[:, 1] > 0, PD, CONTROL), "")

    def outline(self, node: int) -> charts.Outline:
        """The edge of a node's members on the map."""
        if node not in self._edges:
            Z = self.rows[["x", "y"]].to_numpy(float)
            pad = ROUND_TO * max(*np.ptp(Z, axis=0), 1e-9)
            self._edges[node] = charts.rounded_hull(Z[self.space.tree.members(np.array([node]))], pad)
        return charts.Outline(str(self.kinds[node]), self._edges[node])

    def rows_at(self, cut: Cut) -> pd.DataFrame:
        """The rows with the cluster in which each ends, and `sc` (see `charts.latent_map`); unknown groups in none."""
        ends = cut.nodes[cut.labels]
        n_unknown = len(self.rows) - len(ends)
        cluster = [*self.space.tree.nodes_.path[ends], *[""] * n_unknown]
        return self.rows.assign(
            cluster=cluster,
            node=np.r_[ends, np.full(n_unknown, -1)],
            sc=np.r_[self._sc[ends], np.full(n_unknown, np.nan)],
        )

    def synthetic_at(self, threshold: float) -> np.ndarray:
        """(q,) which of the synthetic rows are there."""
        low, high = self.synthetic_spans.T
        return (low < threshold) & (threshold <= high)

    @property
    def synthetic_spans(self) -> np.ndarray:
        """(q, 2): at which thresholds each synthetic row is there."""
        always = np.array([-np.inf, np.inf])
        return np.where(self.node[:, None] >= 0, self.spans[self.node], always)

    def outlines_at(self, cut: Cut) -> list[charts.Outline]:
        """Around the clusters in which rows end."""
        return [self.outline(int(node)) for node in cut.nodes[~cut.split]]

    @property
    def _sc(self) -> np.ndarray:
        """(N,) SC of each node or, of a pure one, of what it was split from."""
        table = self.space.tree.nodes_
        return np.where(np.isnan(table.sc), table.sc[table.parent], table.sc)

    def drawn(self, threshold: float) -> pd.DataFrame:
        """The synthetic rows for the map: at most so many that `MOST_DRAWN` are drawn, those of `threshold` `shown`."""
        step = -(-len(self.synthetic) // max(MOST_DRAWN - len(self.rows), 1)) or 1
        node, path = self.node, self.space.tree.nodes_.path
        return self.synthetic.assign(
            cluster=np.where(node >= 0, path[node], ""),
            node=node,
            sc=np.where(node >= 0, self._sc[node], np.nan),
            shown=self.synthetic_at(threshold),
            low=self.synthetic_spans[:, 0],
            high=self.synthetic_spans[:, 1],
        ).iloc[::step]


def build(
    space: Space, table_hash: str, choice: Choice, method: str, settings: SamplerSettings, projection: Projection
) -> Picture:
    """The picture of a space with the synthetic rows of a method; the threshold in `settings` does not matter."""
    if isinstance(settings, AGCLSettings):
        settings = replace(settings, threshold=0.0)
    return _build(space, table_hash, choice, method, settings, projection)


@st.cache_resource(max_entries=8, scope="session", show_spinner=False)
def _build(
    _space: Space, table_hash: str, choice: Choice, method: str, settings: SamplerSettings, projection: Projection
) -> Picture:
    tree = _space.tree
    if isinstance(settings, AGCLSettings):
        finest = tree.cut(0.0 if choice.rule == "text" else 1.0)
        made = synthetic_rows(_space, finest, settings.alpha, settings.spread)
        number = {f"cluster {path}": node for node, path in enumerate(tree.nodes_.path)}
        node = made["source"].map(number).to_numpy(int)
    else:
        made = rows_by(_space, settings)
        node = np.full(len(made), -1)
    X_made = _space.au_space.standardised(made[list(_space.features)].to_numpy(float))
    Z, Z_made = project(_space, X_made, projection)
    made = made.assign(x=Z_made[:, 0], y=Z_made[:, 1], method=method, emotion=choice.emotion)
    return Picture(_space, _space.rows.assign(x=Z[:, 0], y=Z[:, 1]), made, node, AXES[projection.name])
