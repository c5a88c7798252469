"""The workers of a Dask cluster."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from core.errors import UserError
from core.parallel.pieces import Part, Piece
from core.types import Quiet

SCHEDULER = "LAB_DASK_SCHEDULER"
"""Names the environment variable with the address of the scheduler."""

CONNECT_S = 5.0
ALONE_S = 30.0
"""How long a cluster may be without any worker, while pieces wait for one, before the work is given up."""

SILENT_S = 30.0
"""How long a piece may be over for the scheduler, and its outcome not arrive, before it is given up as lost."""

ASK_S = 2.0
OVER = ("memory", "erred", "forgotten")

START = "dask scheduler, and on each machine: dask worker ADDRESS --nworkers auto --nthreads 1"


class Cluster:
    """A `Pool` of the workers of the Dask scheduler at `address`, such as `tcp://10.0.0.5:8786`.

    A piece whose worker dies is given to another one by Dask itself, some times; one that the scheduler loses breaks
    after `SILENT_S`. How far a piece has come is not heard, and one that is under way when the work is cancelled ends
    unheard. same: what must be equal there and here, such as the versions of the programs that the numbers depend on.
    Raises `UserError` where no scheduler answers.
    """

    remote = True

    def __init__(self, address: str, same: Callable[[], Any]) -> None:
        self._address, self._same, self._expected = address, same, same()
        self._client = _connected(address)
        self._fault: UserError | None = None
        self._waiting: dict[str, _Sent] = {}
        self._last_size, self._looked, self._asked = 0, 0.0, 0.0
        self._seen = time.monotonic()

    @property
    def size(self) -> int:
        """How many threads the workers have, asked twice a second at most; 1 where there are no workers yet."""
        now = time.monotonic()
        if now - self._looked > 0.5 and self._client.status == "running":
            self._looked = now
            # The client may learn only by asking that the scheduler is gone; `look` tells it then.
            with suppress(OSError):
                self._last_size = sum(self._client.nthreads().values())
                self._seen = now if self._last_size else self._seen
        return max(self._last_size, 1)

    def start(self, piece: Piece, part: Part) -> Future[Any]:
        self.look()
        future: Future[Any] = Future()
        far = self._client.submit(_work, piece.function, piece.arguments, self._same, self._expected, pure=False)
        self._waiting[far.key] = _Sent(future)
        # Not by the executor of the client: it forgets whoever waits where a worker dies while its outcome is fetched.
        self._client.loop.add_callback(self._pass_on, far)
        return future

    def look(self) -> None:
        if self._fault:
            raise self._fault
        if self._client.status != "running":
            raise _unusable(self._address, "The connection to it was lost.")
        if self.size and time.monotonic() - self._seen > ALONE_S:
            raise _unusable(self._address, f"It has had no workers for {ALONE_S:.0f} s.")
        if time.monotonic() - self._asked > ASK_S:
            self._asked = time.monotonic()
            with suppress(OSError):
                self._miss()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.close(timeout=1.0)

    def _miss(self) -> None:
        """Break the pieces that the scheduler has lost. One that it has not heard of yet may be on its way for long."""
        states = self._client.sync(self._client.scheduler.get_task_status, keys=list(self._waiting))
        for key, sent in [(key, sent) for key, sent in list(self._waiting.items()) if key in states]:
            sent.known = sent.known or states[key] is not None
            if not sent.known or (states[key] and states[key] not in OVER):
                sent.since = time.monotonic()
            elif time.monotonic() - sent.since > SILENT_S and self._take(key):
                sent.future.set_exception(BrokenExecutor())

    def _take(self, key: str) -> _Sent | None:
        """Whoever gets it ends it: the thread of the client or that of the caller."""
        return self._waiting.pop(key, None)

    async def _pass_on(self, far: Any) -> None:
        from distributed import CancelledError, KilledWorker
        from distributed.comm import CommClosedError

        outcome, error = None, None
        try:
            outcome = await far
        except Exception as raised:
            error = BrokenExecutor() if isinstance(raised, KilledWorker | CancelledError | CommClosedError) else raised
        sent = self._take(far.key)
        if sent is None:
            return
        if error is None:
            sent.future.set_result(outcome)
            return
        if isinstance(error, _Unlike | ImportError) or "deserializ" in str(error):
            reason = " ".join(str(error).split()).rstrip(".")
            self._fault = _unusable(self._address, f"A worker is not like this program: {reason}.")
        sent.future.set_exception(error)


@dataclass
class _Sent:
    """A piece that waits for its outcome. known: whether the scheduler has ever heard of it. since: when it was last at
    work on it."""

    future: Future[Any]
    known: bool = False
    since: float = field(default_factory=time.monotonic)


class _Unlike(Exception):
    """A worker runs other programs than this machine."""


_one_at_a_time = threading.Lock()
"""A mesh is made for one thread; a worker of several threads works on one piece after another."""


def _work(function: Callable[..., Any], arguments: tuple[Any, ...], same: Callable[[], Any], expected: Any) -> Any:
    found = same()
    if found != expected:
        raise _Unlike(f"it has {found}, here is {expected}")
    with _one_at_a_time:
        return function(*arguments, Quiet())


def _connected(address: str) -> Any:
    from dask import config
    from distributed import Client

    parts = urlsplit(address)
    try:
        if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port:
            raise _unusable(address, "The address is not like tcp://10.0.0.5:8786.")
        socket.create_connection((parts.hostname, parts.port), CONNECT_S).close()
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is raised as well
        config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})  # clips are sent with their pieces
        return Client(address, timeout=CONNECT_S, set_as_default=False)
    except UserError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise _unusable(address, f"No Dask scheduler answers there: {reason}.") from error


def _unusable(address: str, why: str) -> UserError:
    return UserError(
        f"The cluster at {address} cannot be used.",
        f"{why} Nothing that was finished is lost.",
        f"Start it with this program and its Python ({START}), or unset {SCHEDULER}; then start the work again.",
    )
