"""What a threshold makes of a cluster tree: the clusters reached, what became of each, and the share covered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from core.latent.cluster_tree import ClusterTree


class Cluster(NamedTuple):
    """One cluster of a tree.

    path: child numbers from the root, as "2" or "2.0.1"; parent: the path it was split from, "" for the whole data.
    members: indices into the rows. counts: points per class. csm, entropy (bits), sc: equations 1, 4 and 5,
    csm and sc None where the cluster is pure. centre: (d,) mean. fate: `pure` (kept, gives synthetic points), `split`
    (its children are clusters of the same cut), or `discarded` (mixed and not split further).
    """

    path: str
    parent: str
    depth: int
    members: np.ndarray
    counts: dict
    csm: float | None
    entropy: float
    sc: float | None
    centre: np.ndarray
    fate: str

    @property
    def pure(self) -> bool:
        return self.fate == "pure"


@dataclass(frozen=True, eq=False)
class Cut:
    """The clusters of a tree at one threshold.

    nodes: (c,) rows of the tree's node table, breadth first, children after their parent. split: (c,) whether each was
    split further. labels: (n,) index into `clusters` of the cluster in which each point ends. coverage: per class the
    share of its points in pure clusters, 0 to 1: only those are followed by synthetic points.
    """

    tree: ClusterTree
    threshold: float
    nodes: np.ndarray
    split: np.ndarray
    labels: np.ndarray
    coverage: dict

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """Every cluster reached, those split further included, breadth first."""
        table, order, classes = self.tree.nodes_, self.tree.order_, self.tree.classes_.tolist()
        csm = [None if np.isnan(value) else value for value in table.csm[self.nodes].tolist()]
        sc = [None if np.isnan(value) else value for value in table.sc[self.nodes].tolist()]
        fates = np.where(self.split, "split", np.where(table.pure[self.nodes], "pure", "discarded")).tolist()
        spans = zip(table.low[self.nodes].tolist(), table.high[self.nodes].tolist(), strict=True)
        return tuple(
            map(
                Cluster,
                table.path[self.nodes],
                table.path[table.parent[self.nodes]],
                table.depth[self.nodes].tolist(),
                (order[low:high] for low, high in spans),
                (dict(zip(classes, row, strict=True)) for row in table.counts[self.nodes].tolist()),
                csm,
                table.entropy[self.nodes].tolist(),
                sc,
                table.centre[self.nodes],
                fates,
            )
        )

    @property
    def pure_nodes(self) -> np.ndarray:
        """Rows of the tree's node table of the pure clusters, in the order of `clusters`."""
        return self.nodes[self.tree.nodes_.pure[self.nodes]]
