"""Who is who: a person is a code, and a code written in another case is the same person."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import UserError


def person_key(subject: object) -> str:
    """What two rows of one person have in common: the code without spaces around it, in one case.

    >>> person_key(" SIM01") == person_key("sim01")
    True
    """
    return str(subject).strip().casefold()


def two_spellings(subjects: Iterable[object]) -> tuple[str, str] | None:
    """The first two different spellings of one person's code, or None where each is always written alike."""
    written: dict[str, str] = {}
    for subject in map(str, subjects):
        first = written.setdefault(person_key(subject), subject)
        if first != subject:
            return first, subject
    return None


def check_spellings(subjects: Iterable[object], where: str) -> None:
    """Raise `UserError` when one person's code is written in two ways; `where` begins the sentence."""
    both = two_spellings(subjects)
    if both:
        raise UserError(
            f"{where}: {both[0]!r} and {both[1]!r} differ only in case or spaces.",
            "Taken for two people, one of them would be trained on when the other is tested.",
            "Write the code of one person in one way, and the codes of two people more differently.",
        )
