"""Seeds, the user error and the field's names."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.rng import derived_seed, generator
from core.types import ACTION_UNITS, CENTRE_ACTION_UNITS, SIDED_ACTION_UNITS


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 9), max_size=5))
def test_a_seed_depends_on_nothing_but_its_name(seed: int, path: list[int]) -> None:
    assert derived_seed(seed, *path) == derived_seed(seed, *path)
    assert 0 <= derived_seed(seed, *path) < 2**32
    assert derived_seed(seed, *path, "left") != derived_seed(seed, *path, "right")


def test_a_seed_is_the_same_in_another_process() -> None:
    code = "from core.rng import derived_seed; print(derived_seed(7, 'fold', 3))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(other) == derived_seed(7, "fold", 3)


def test_streams_of_two_parts_differ() -> None:
    assert generator(0, "a").normal() != generator(0, "b").normal()
    assert generator(0, "a").normal() == generator(0, "a").normal()


def test_a_user_error_reads_as_three_sentences() -> None:
    assert str(UserError("What.", "Why.", "Remedy.")) == "What. Why. Remedy."


def test_seventeen_action_units_of_which_fourteen_have_sides() -> None:
    assert len(ACTION_UNITS) == 17
    assert len(SIDED_ACTION_UNITS) == 14
    assert set(SIDED_ACTION_UNITS) | set(CENTRE_ACTION_UNITS) == set(ACTION_UNITS)
