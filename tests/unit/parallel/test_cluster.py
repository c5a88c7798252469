"""Pieces of work on a real Dask cluster of two worker processes, which die when a test says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from core.errors import UserError
from core.parallel import SCHEDULER, ThisProcess, WorkLost, open_pool
from core.parallel.cluster import Cluster
from tests.dask_cluster import DaskCluster, dask_cluster, free_port
from tests.unit.parallel import work
from tests.unit.parallel.test_processes import Heard, outcomes, piece
from tests.watching import until


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


def test_workers_that_die_at_the_same_moment_cost_nothing(cluster: DaskCluster) -> None:
    """Also while the outcome of a piece is fetched from them."""
    with Cluster(cluster.address, nothing) as pool:
        until(lambda: pool.size == 2, 30)
        over = threading.Event()
        killing = threading.Thread(target=kill_all_now_and_then, args=(cluster, over))
        killing.start()
        start = time.monotonic()
        try:
            found = outcomes(pool, *(piece(str(i), work.fill, 20_000_000) for i in range(60)))
        finally:
            over.set()
            killing.join()
    assert {key: len(outcome) for key, outcome in found.items()} == {str(i): 20_000_000 for i in range(60)}
    assert time.monotonic() - start < 120  # Dask tries for 30 s to reach a worker that died with an outcome


def kill_all_now_and_then(cluster: DaskCluster, over: threading.Event) -> None:
    """Six times at most: each time a piece may be given to another worker, three times at most."""
    for _ in range(6):
        if not over.wait(1.2):
            cluster.kill_workers()


def test_a_piece_that_the_scheduler_has_lost_is_missed(cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made to forget it, without a word to the client that waits for it."""
    monkeypatch.setattr("core.parallel.cluster.SILENT_S", 2.0)

    def lose() -> None:
        with Client(cluster.address, set_as_default=False) as other:
            other.run_on_scheduler(forget_everything)

    with Cluster(cluster.address, nothing) as pool:
        until(lambda: pool.size == 2, 30)
        threading.Timer(3.0, lose).start()
        start = time.monotonic()
        found = outcomes(pool, piece("a", work.wait, 5.0), piece("b", work.wait, 0.1))
    assert all(isinstance(found[key], int) for key in "ab")
    assert time.monotonic() - start < 30


def forget_everything(dask_scheduler: Any) -> None:
    """On the scheduler: nobody wants anything any more."""
    for key, task in list(dask_scheduler.tasks.items()):
        for client in list(task.who_wants):
            dask_scheduler.client_releases_keys([key], client.client_key)


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
