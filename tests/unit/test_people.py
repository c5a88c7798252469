"""A person is one person however their code is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.people import check_spellings, person_key, two_spellings


@given(st.text("abcXYZ019_-", min_size=1), st.sampled_from(["", " ", "\t "]))
def test_case_and_spaces_do_not_make_another_person(code: str, space: str) -> None:
    keys = {person_key(written) for written in (code, code.upper(), code.lower(), space + code + space)}
    assert len(keys) == 1


def test_leading_zeros_do() -> None:
    assert person_key("007") != person_key("7")


def test_the_first_two_spellings_are_named() -> None:
    assert two_spellings(["A", "B", "B", "b", "a"]) == ("B", "b")
    assert two_spellings(["A", "B", "A"]) is None
    check_spellings(["A", "B", "A"], "cohort.csv")
    with pytest.raises(UserError, match=r"cohort\.csv: 'A' and 'A ' differ only in case or spaces"):
        check_spellings(["A", "A "], "cohort.csv")
