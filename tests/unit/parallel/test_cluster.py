"""Pieces of work on a real Dask cluster of two worker processes, which die when a test says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import UserError
from core.parallel import SCHEDULER, ThisProcess, WorkLost, open_pool
from core.parallel.cluster import Cluster
from tests.dask_cluster import DaskCluster, dask_cluster, free_port
from tests.unit.parallel import work
from tests.unit.parallel.test_processes import Heard, outcomes, piece


def nothing() -> None:
    """What must be equal here and there, where nothing must."""


def machine_of_its_own() -> float:
    """What is never equal here and there."""
    return time.time()


@pytest.fixture(scope="module")
def cluster() -> Iterator[DaskCluster]:
    with dask_cluster() as made:
        yield made


def test_the_workers_share_the_work_and_get_its_content(cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER, cluster.address)
    heard = Heard()
    with open_pool(None, nothing) as pool:
        assert isinstance(pool, Cluster)
        assert pool.size == 2
        waited = outcomes(pool, *(piece(key, work.wait, 0.5) for key in "abcd"), progress=heard)
        assert outcomes(pool, piece("big", work.weigh, b"x" * 20_000_000)) == {"big": 20_000_000}
        assert isinstance(outcomes(pool, piece("a", work.refuse))["a"], UserError)
        with pytest.raises(ZeroDivisionError):
            outcomes(pool, piece("a", work.fail))
    assert len(set(waited.values())) == 2
    monkeypatch.delenv(SCHEDULER)
    with open_pool(0, nothing) as pool:
        assert isinstance(pool, ThisProcess)


def test_a_worker_that_dies_costs_nothing(cluster: DaskCluster, tmp_path: Path) -> None:
    with Cluster(cluster.address, nothing) as pool:
        once = piece("once", work.die_once, tmp_path / "mark")
        found = outcomes(pool, once, *(piece(key, work.wait, 0.5) for key in "abc"))
    assert found["once"] == "lived"
    assert all(isinstance(found[key], int) for key in "abc")


def test_a_piece_that_kills_every_worker_costs_no_other(cluster: DaskCluster) -> None:
    with Cluster(cluster.address, nothing) as pool:
        found = outcomes(pool, piece("bad", work.die), *(piece(key, work.wait, 0.5) for key in "abc"))
    assert isinstance(found["bad"], WorkLost)
    assert all(isinstance(found[key], int) for key in "abc")


def test_a_worker_that_runs_something_else_is_told_at_once(cluster: DaskCluster) -> None:
    with Cluster(cluster.address, machine_of_its_own) as pool, pytest.raises(UserError, match="not like this program"):
        outcomes(pool, piece("a", work.wait, 0.1))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://127.0.0.1:{free}", "No Dask scheduler answers there"),
        ("tcp://127.0.0.1", "not like tcp://"),
        ("http://127.0.0.1:80", "not like tcp://"),
        ("somewhere", "not like tcp://"),
    ],
)
def test_where_no_scheduler_answers_it_is_told_within_seconds(address: str, reason: str) -> None:
    start = time.monotonic()
    with pytest.raises(UserError) as told:
        Cluster(address.format(free=free_port()), nothing)
    assert time.monotonic() - start < 6.0
    assert reason in told.value.why
    assert "LAB_DASK_SCHEDULER" in told.value.remedy


def test_a_scheduler_that_is_lost_ends_the_work_with_a_reason() -> None:
    with dask_cluster() as made, Cluster(made.address, nothing) as pool:
        threading.Timer(1.0, made.scheduler.kill).start()
        start = time.monotonic()
        with pytest.raises(UserError, match="connection to it was lost"):
            outcomes(pool, *(piece(key, work.wait, 60.0) for key in "ab"))
        assert time.monotonic() - start < 10
