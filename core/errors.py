"""The errors that a user can cause, and the end of work that was cancelled."""

from __future__ import annotations


class UserError(Exception):
    """A fault in what was given, told in three short sentences.

    what: what is wrong. why: why it cannot be used. remedy: what to do about it.
    Pages and the command line show exactly these; any other exception is a bug.
    """

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(what, why, remedy)
        self.what = what
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.why} {self.remedy}"


class GuardError(UserError, ValueError):
    """A split or an input that would make every score after it too good to be true."""


class Cancelled(Exception):
    """Raised inside long work once its `Progress` says that it was cancelled."""
