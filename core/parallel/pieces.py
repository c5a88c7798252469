"""Pieces of work, done as soon as somebody is free, wherever that somebody is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from typing import Any, Protocol

from core.errors import UserError
from core.types import Progress, check_cancelled

LOOK_S = 0.1
N_LOST_IN_A_ROW = 3


@dataclass(frozen=True)
class Piece:
    """`function(*arguments, progress)`, a function of a module, which other processes import by its name.

    key: what its outcome is known by. title: what is told when it starts. steps: its size, in the unit of the whole.
    """

    key: str
    title: str
    steps: float
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class WorkLost(UserError):
    """A piece of work that ended its process every time it was tried."""

    def __init__(self, what: str = "The process that worked on it ended without a word, more than once.") -> None:
        super().__init__(
            what, "The program does not survive this file, or memory ran out.", "Try it again, alone or on another day."
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what,)


class Tally:
    """Where a whole of `total` steps stands, for the `Progress` of whoever waits for it."""

    def __init__(self, progress: Progress, done: float, total: float) -> None:
        self._progress = progress
        self._done, self._total = done, total
        self._under_way: dict[str, float] = {}
        self._message = ""

    def begin(self, piece: Piece) -> None:
        """A piece has started."""
        self._under_way[piece.key] = 0.0
        self.tell(piece.title)

    def reach(self, piece: Piece, share: float) -> None:
        """A piece that is under way has come so far, 0 to 1."""
        self._under_way[piece.key] = piece.steps * min(max(share, 0.0), 1.0)
        self.tell()

    def drop(self, piece: Piece) -> None:
        """A piece is not under way any more; what it had reached does not count."""
        self._under_way.pop(piece.key, None)

    def add(self, steps: float, message: str) -> None:
        """So many steps are done for good."""
        self._done += steps
        self.tell(message)

    def tell(self, message: str = "") -> None:
        """Report where everything stands; without a new message under the latest one."""
        self._message = message or self._message
        self._progress.report(self._done + sum(self._under_way.values()), self._total, self._message)

    def check_cancelled(self) -> None:
        """Raise `Cancelled` if the work should stop."""
        check_cancelled(self._progress)

    def cancelled(self) -> bool:
        """Whether the work should stop."""
        return self._progress.cancelled()


class Part:
    """The `Progress` of one piece, within the tally of the whole."""

    def __init__(self, tally: Tally, piece: Piece) -> None:
        self._tally, self._piece = tally, piece

    def report(self, done: float, total: float, message: str = "") -> None:
        self._tally.reach(self._piece, done / total if total else 0.0)

    def cancelled(self) -> bool:
        return self._tally.cancelled()


class Pool(Protocol):
    """Somebody who works on pieces. remote: whether on machines that see none of this machine's files."""

    remote: bool

    @property
    def size(self) -> int:
        """How many pieces it can work on at once."""

    def start(self, piece: Piece, part: Part) -> Future[Any]:
        """Begin a piece and tell `part` how it goes. The future breaks (`BrokenExecutor`) when its process dies."""

    def look(self) -> None:
        """Pass on what was heard meanwhile; raises `UserError` where no work can go on."""

    def __enter__(self) -> Pool: ...

    def __exit__(self, *exception: object) -> None:
        """End everything that still runs, at once."""


class ThisProcess:
    """No pool at all: each piece is done at once, here. One that crashes takes this process with it."""

    remote = False
    size = 1

    def start(self, piece: Piece, part: Part) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(piece.function(*piece.arguments, part))
        except Exception as error:
            future.set_exception(error)
        return future

    def look(self) -> None:
        return

    def __enter__(self) -> ThisProcess:
        return self

    def __exit__(self, *exception: object) -> None:
        return


def run(take: Callable[[], Piece | None], pool: Pool, tally: Tally) -> Iterator[tuple[Piece, Any]]:
    """Each piece that `take` gives and what came of it, in the order in which they end.

    take: asked whenever somebody is free, so that it may look at what has come out so far; None: nothing for now. The
    work is over once it says so while nothing is under way. What comes of a piece is what its function gave back, or
    the `UserError` that it raised. A piece whose process dies is tried once more after all others, and alone, so that
    neither another piece nor the memory that others take can be at fault; then it is a `WorkLost`. Pieces that have
    ended are counted by the caller (`Tally.add`). Raises `Cancelled` as soon as the tally's progress says so, any other
    exception of a piece, and `MemoryError` where one piece after another is lost: then it is not their fault.
    """
    running: dict[Future[Any], Piece] = {}
    tried: set[str] = set()
    again: list[Piece] = []
    lost_in_a_row = 0
    while True:
        while len(running) < pool.size and not any(piece.key in tried for piece in running.values()):
            tally.check_cancelled()
            piece = take()
            if piece is None and not running and again:
                piece = again.pop(0)
            if piece is None:
                break
            tally.begin(piece)
            running[pool.start(piece, Part(tally, piece))] = piece
        if not running:
            return
        wait(running, timeout=LOOK_S, return_when=FIRST_COMPLETED)
        tally.check_cancelled()
        pool.look()
        for future in [future for future in running if future.done()]:
            piece = running.pop(future)
            tally.drop(piece)
            try:
                outcome = future.result()
                lost_in_a_row = 0
            except BrokenExecutor:
                if piece.key not in tried:
                    tried.add(piece.key)
                    again.append(piece)
                    continue
                outcome = WorkLost()
                lost_in_a_row += 1
            except UserError as error:
                outcome = error
            del future  # what came of a piece may be big, and is of no use here once the caller has it
            yield piece, outcome
            del outcome
            if lost_in_a_row >= N_LOST_IN_A_ROW:
                raise MemoryError


def outcomes(pieces: Iterator[Piece], pool: Pool, tally: Tally) -> Iterator[tuple[Piece, Any]]:
    """Like `run` of pieces one after the other, where none may fail: the `UserError` of a piece is raised.

    A piece is counted once the caller asks for the next one, and so after whatever is kept of it.
    """
    for piece, outcome in run(lambda: next(pieces, None), pool, tally):
        if isinstance(outcome, UserError):
            raise outcome
        yield piece, outcome
        del outcome
        tally.add(piece.steps, piece.title)


def gathered(
    keys: Collection[str],
    piece_of: Callable[[str], Piece],
    finished: Mapping[str, Any],
    pool: Pool,
    tally: Tally,
    on_result: Callable[[str, Any], None],
) -> dict[str, Any]:
    """The outcome of each of the keys, in order; those in `finished` are taken over, and on_result hears of the rest.

    piece_of: asked for a piece when somebody is free for it, so that what it works on need not be there before. Raises
    what `outcomes` raises.
    """
    found = {key: finished[key] for key in keys if key in finished}
    missing = [key for key in keys if key not in found]
    for piece, outcome in outcomes(map(piece_of, missing), pool, tally):
        found[piece.key] = outcome
        on_result(piece.key, outcome)
    return {key: found[key] for key in keys}
