"""Whom a kept model knows is told from its card, by code and by clip."""

from __future__ import annotations

import pytest

from core.errors import UserError
from core.screening.known_people import check_people
from core.workspace.demo import demo_table
from tests.unit.screening.kept import kept, stranger


def test_a_stranger_passes() -> None:
    check_people(kept().card, stranger())


@pytest.mark.parametrize("code", ["SIM01", " sim01 "])
def test_a_code_that_was_trained_on_is_refused_however_it_is_written(code: str) -> None:
    with pytest.raises(UserError, match=r"The code is among those"):
        check_people(kept().card, stranger(code))


def test_a_clip_that_was_trained_on_is_refused_under_another_code() -> None:
    table = demo_table()
    clip = table[(table["subject"] == "SIM02") & (table["emotion"] == "fear")].assign(subject="OTHER")
    with pytest.raises(UserError, match="A clip is among those"):
        check_people(kept().card, clip)


def test_another_backend_is_refused() -> None:
    with pytest.raises(UserError, match=r"the person's are of openface\."):
        check_people(kept().card, stranger().assign(backend="openface"))
