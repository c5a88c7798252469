"""Many pieces of work at once: in this process, in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from core.parallel.cluster import SCHEDULER, Cluster
from core.parallel.pieces import Piece, Pool, Tally, ThisProcess, WorkLost, gathered, outcomes, run
from core.parallel.processes import Processes

__all__ = [
    "SCHEDULER",
    "Piece",
    "Pool",
    "Tally",
    "ThisProcess",
    "WorkLost",
    "gathered",
    "n_cores",
    "open_pool",
    "outcomes",
    "run",
]


def n_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_pool(n_processes: int | None, same: Callable[[], Any]) -> Pool:
    """Whoever is to work: the Dask cluster that `LAB_DASK_SCHEDULER` names, else `n_processes` processes here.

    n_processes: None for one a core, 0 for this very process. same: see `Cluster`. Raises `UserError` where the cluster
    cannot be used.
    """
    if address := os.environ.get(SCHEDULER, "").strip():
        return Cluster(address, same)
    if n_processes == 0:
        return ThisProcess()
    return Processes(n_processes or n_cores())
