"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.watching import measuring, until

ROOT = Path(__file__).resolve().parents[1]


class DaskCluster:
    """address: of its scheduler. Whoever dies is not started again, but for workers, which have a nanny."""

    def __init__(self, n_workers: int = 2, folder: Path = ROOT) -> None:
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port)
        for _ in range(n_workers):
            self._start("worker", self.address, "--nthreads", "1")
        until(lambda: self.n_workers() == n_workers, 60)

    def n_workers(self) -> int:
        """How many workers the scheduler knows."""
        from distributed import Client

        try:
            with Client(self.address, timeout=2, set_as_default=False) as client:
                return len(client.nthreads())
        except OSError:
            return 0

    def kill_workers(self) -> None:
        """All of them at the same moment."""
        for pid in [pid for nanny in self._started[1:] for pid in measuring(nanny.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        for process in self._started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._started.append(process)
        return process


@contextmanager
def dask_cluster() -> Iterator[DaskCluster]:
    """A cluster of two workers for the time of the block."""
    cluster = DaskCluster()
    try:
        yield cluster
    finally:
        cluster.end()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
