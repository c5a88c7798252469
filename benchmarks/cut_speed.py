"""CPU milliseconds of `ClusterTree.cut` for 40 to 100,000 people: what a move of the threshold slider costs.

The slowest of several thresholds counts (threshold 0 reaches every node). SMOTE on the same data is what resampling
costs where nothing can be reused. The records of the clusters, made on demand for the table and the tree, are timed
apart.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.agcl_speed import SIZES, cohort, cpu_seconds, smote
from core.latent.cluster_tree import ClusterTree

LIMIT_N, LIMIT_MS = 5_000, 5.0
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 1.0)


def main() -> int:
    smote(60)
    missed = 0
    for n in sorted({*SIZES, LIMIT_N}):
        tree = ClusterTree(random_state=0).fit(*cohort(n))
        cut_ms = max(cpu_seconds(lambda t=t, tree=tree: tree.cut(t), 25) for t in THRESHOLDS) * 1e3
        records_ms = cpu_seconds(lambda tree=tree: tree.cut(0.0).clusters, 3) * 1e3
        peer_ms = cpu_seconds(lambda n=n: smote(n), 9 if n <= 1_000 else 1) * 1e3
        verdict = ""
        if n == LIMIT_N:
            missed += cut_ms > LIMIT_MS
            outcome = "met" if cut_ms <= LIMIT_MS else "MISSED"
            verdict = f", ratio to the limit {cut_ms / LIMIT_MS:.2f}, {LIMIT_MS:g} ms {outcome}"
        print(
            f"cut n = {n:>6}: {cut_ms:6.2f} ms, SMOTE {peer_ms:9.1f} ms: ratio {cut_ms / peer_ms:.4f}{verdict}; "
            f"with records of {len(tree.nodes_.low) - 1} clusters {records_ms:.1f} ms"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
