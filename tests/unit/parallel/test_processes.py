"""Pieces of work in processes of this machine, some of which die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from core.errors import Cancelled, UserError
from core.parallel import Piece, Pool, Tally, ThisProcess, WorkLost, run
from core.parallel import outcomes as outcomes_in_order
from core.parallel.processes import Processes
from core.types import Quiet
from tests.unit.parallel import work
from tests.watching import children, measuring, runs, until

ROOT = Path(__file__).resolve().parents[3]


def piece(key: str, function: Callable[..., Any], *arguments: Any) -> Piece:
    return Piece(key, f"Working on {key}", 1.0, function, arguments)


def taking(pieces: Iterable[Piece]) -> Callable[[], Piece | None]:
    rest = iter(pieces)
    return lambda: next(rest, None)


def outcomes(pool: Pool, *pieces: Piece, progress: Quiet | None = None) -> dict[str, Any]:
    tally = Tally(progress or Quiet(), 0, len(pieces))
    return {done.key: outcome for done, outcome in run(taking(pieces), pool, tally)}


class Heard(Quiet):
    """Remembers what is reported, and asks to stop once `until` has been reached."""

    def __init__(self, until: float = float("inf")) -> None:
        self.until, self.reports, self.since = until, [], 0.0

    def report(self, done: float, total: float, message: str = "") -> None:
        self.reports.append((done, total, message))
        if done >= self.until and not self.since:
            self.since = time.monotonic()

    def cancelled(self) -> bool:
        return self.since > 0


def test_two_processes_share_the_work_and_tell_how_far_they_are() -> None:
    heard = Heard()
    with Processes(2) as pool:
        found = outcomes(pool, *(piece(key, work.wait, 0.6) for key in "abcd"), progress=heard)
    assert sorted(found) == list("abcd")
    assert len(set(found.values())) == 2
    assert os.getpid() not in found.values()
    assert any(0 < done < 1 for done, _, _ in heard.reports)
    assert {total for _, total, _ in heard.reports} == {4}
    assert heard.reports[0][2] == "Working on a"


def test_this_process_alone_gives_the_same() -> None:
    heard = Heard()
    found = outcomes(ThisProcess(), piece("a", work.wait, 0.0), piece("b", work.refuse), progress=heard)
    assert found["a"] == os.getpid()
    assert isinstance(found["b"], UserError)
    assert any(0 < done < 1 for done, _, _ in heard.reports)
    with pytest.raises(Cancelled):
        outcomes(ThisProcess(), piece("a", work.wait, 0.0), piece("b", work.wait, 0.0), progress=Heard(until=0.5))


def test_what_waits_for_an_outcome_is_taken_once_it_is_there() -> None:
    """`take` says nothing for now, although a process is free, until the first piece has ended."""
    found: dict[str, Any] = {}

    def take() -> Piece | None:
        if "first" not in taken:
            taken.append("first")
            return piece("first", work.wait, 0.3)
        if "first" in found and "second" not in taken:
            taken.append("second")
            return piece("second", work.weigh, b"x" * found["first"])
        return None

    taken: list[str] = []
    with Processes(2) as pool:
        for done, outcome in run(take, pool, Tally(Quiet(), 0, 2)):
            found[done.key] = outcome
    assert found["second"] == found["first"]


def test_a_piece_whose_process_is_killed_is_done_all_the_same(tmp_path: Path) -> None:
    with Processes(2) as pool:
        found = outcomes(
            pool, piece("dies once", work.die_once, tmp_path / "mark"), *(piece(k, work.wait, 0.5) for k in "abc")
        )
    assert found["dies once"] == "lived"
    assert len({found[key] for key in "abc"}) <= 2  # the other process lived on


def test_a_piece_that_always_kills_its_process_costs_the_others_nothing() -> None:
    with Processes(2) as pool:
        found = outcomes(pool, piece("bad", work.die), *(piece(key, work.wait, 0.2) for key in "abc"))
    assert isinstance(found.pop("bad"), WorkLost)
    assert sorted(found) == list("abc")
    assert all(isinstance(outcome, int) for outcome in found.values())


def test_a_process_killed_while_it_has_nothing_to_do_is_replaced() -> None:
    with Processes(1) as pool:
        before = outcomes(pool, piece("a", work.wait, 0.0))["a"]
        os.kill(before, signal.SIGKILL)
        until(lambda: not runs(before), 5)
        assert outcomes(pool, piece("b", work.wait, 0.0))["b"] != before


def test_where_everything_dies_it_is_nobodys_fault() -> None:
    with Processes(2) as pool, pytest.raises(MemoryError):
        outcomes(pool, *(piece(key, work.die) for key in "abcdef"))


def test_user_errors_are_outcomes_and_faults_of_ours_are_not_hidden() -> None:
    with Processes(1) as pool:
        refused = outcomes(pool, piece("a", work.refuse))["a"]
        assert (refused.what, refused.remedy) == ("It is empty.", "Film it again.")
        with pytest.raises(ZeroDivisionError, match="a fault of ours"):
            outcomes(pool, piece("b", work.fail))


def test_where_none_may_fail_pieces_are_counted_once_they_are_kept_and_an_error_ends_it() -> None:
    heard = Heard()
    pieces = iter([piece("a", work.weigh, b"ab"), piece("b", work.refuse)])
    found = outcomes_in_order(pieces, ThisProcess(), Tally(heard, 0, 2))
    done, outcome = next(found)
    assert (done.key, outcome) == ("a", 2)
    assert heard.reports[-1][0] == 0
    with pytest.raises(UserError, match="It is empty"):
        next(found)
    assert max(done for done, _, _ in heard.reports) == 1


def test_a_cancel_ends_every_process_within_two_seconds() -> None:
    heard = Heard(until=0.1)
    with pytest.raises(Cancelled), Processes(2) as pool:
        outcomes(pool, *(piece(key, work.wait, 20.0) for key in "abcd"), progress=heard)
    assert time.monotonic() - heard.since < 2.0
    assert not measuring(os.getpid())


def test_a_cancel_while_the_processes_start_is_as_quick() -> None:
    class Stopped(Quiet):
        asked = 0

        def cancelled(self) -> bool:
            self.asked += 1
            return self.asked > 2

    start = time.monotonic()
    with pytest.raises(Cancelled), Processes(2) as pool:
        outcomes(pool, *(piece(key, work.wait, 60.0) for key in "abcd"), progress=Stopped())
    assert time.monotonic() - start < 2.0
    assert not measuring(os.getpid())


LONG = """
import sys
from core.parallel import Piece, Tally, run
from core.parallel.processes import Processes
from core.types import Quiet
from tests.unit.parallel import work
if __name__ == "__main__":
    pieces = iter([Piece(key, key, 1.0, work.wait, (60.0,)) for key in "ab"])
    with Processes(2) as pool:
        list(run(lambda: next(pieces, None), pool, Tally(Quiet(), 0, 2)))
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_the_processes_end_with_the_one_that_started_them(ending: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(LONG)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(script)], env=environment, stderr=subprocess.DEVNULL) as started:
        until(lambda: len(measuring(started.pid)) == 2, 20)
        spawned = children(started.pid)
        started.send_signal(ending)
    until(lambda: not any(runs(pid) for pid in spawned), 3)
