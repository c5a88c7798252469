"""The words on a study follow from its intervals and from nothing else."""

from __future__ import annotations

import pytest

from core.images.settings import CLASSIC, COPIES, EVOLVED_SET, ORIGINAL, RANDOM_SET
from core.images.study_words import HARMED, HELPED, NEITHER, UNKNOWN, caveats, effect, findings, p_value, paper_words
from tests.unit.images.study_results import result

BASE = [0.58, 0.60, 0.57, 0.61, 0.59]


def moved(*by: float) -> list[float]:
    return [a + b for a, b in zip(BASE, by, strict=True)]


BETTER = moved(0.04, 0.05, 0.04, 0.05, 0.045)
WORSE = moved(-0.04, -0.05, -0.04, -0.05, -0.045)
ALIKE = moved(0.04, -0.04, 0.05, -0.04, 0.01)


@pytest.mark.parametrize(
    ("ci", "said"),
    [([0.001, 0.1], HELPED), ([-0.1, -0.001], HARMED), ([-0.001, 0.1], NEITHER), ([0.0, 0.0], NEITHER),
     ([0.0, 0.1], NEITHER), (None, UNKNOWN)],
)  # fmt: skip
def test_the_interval_alone_says_whether_it_helped(ci: list[float] | None, said: str) -> None:
    assert effect({"mean": 0.05, "ci": ci}) == said


@pytest.mark.parametrize(("accuracy", "said"), [(BETTER, HELPED), (WORSE, HARMED), (ALIKE, NEITHER)])
def test_the_headline_follows_the_interval(accuracy: list[float], said: str) -> None:
    found = findings(result({ORIGINAL: BASE, EVOLVED_SET: accuracy, CLASSIC: ALIKE}))
    assert [each.arm for each in found] == [EVOLVED_SET, CLASSIC]
    assert found[0].effect == said
    assert found[0].headline == f"On this dataset the evolved set {said}"
    assert found[1].headline == "On this dataset classic augmentation did not help"


def test_numbers_stand_in_the_sentences() -> None:
    found = findings(result({ORIGINAL: BASE, EVOLVED_SET: BETTER}))[0]
    # Differences: mean 0.045, sd 0.005, standard error 0.002236, t 2.7764: 0.045 ± 0.0062; t = 20.1. Welch: t = 3.87.
    assert found.sentences[0] == (
        "Accuracy on 52 test images, mean of 5 seeds: 63.5 % with it and 59.0 % without, a difference of +4.50 "
        "[+3.88 to +5.12] points by seed, 2.3 of the 52 images (paired t-test p < .001; Welch's test, as the paper's "
        "rows would allow, p = .005)."
    )
    assert found.sentences[1] == "Of the 6 metrics the interval excludes 0 for accuracy +4.50 [+3.88 to +5.12]."
    assert len(found.sentences) == 2


def test_the_evolved_set_is_set_against_classic_augmentation_copies_and_a_random_set() -> None:
    arms = {ORIGINAL: BASE, RANDOM_SET: ALIKE, EVOLVED_SET: BETTER, CLASSIC: moved(*[0.1, 0.11, 0.1, 0.11, 0.1])}
    found = findings(result({**arms, COPIES: moved(0.04, 0.06, 0.03, 0.05, 0.045)}))[1]
    said = found.sentences[2:]
    assert said[0].startswith("Against classic augmentation it did worse: −5.90 [")
    assert said[1].startswith("Against duplication no difference is shown: 0.00 [")
    assert said[2] == "What it brings cannot be told from what more training steps on copies bring."
    assert said[3].startswith("Against the random GAN set ")


def test_nothing_is_doubted_where_nothing_was_brought_or_copies_did_worse() -> None:
    for evolved, copies in ((ALIKE, ALIKE), (BETTER, WORSE)):
        found = findings(result({ORIGINAL: BASE, EVOLVED_SET: evolved, COPIES: copies}))[0]
        assert not any("cannot be told" in sentence for sentence in found.sentences)
    assert found.sentences[2].startswith("Against duplication it did better: +9.00 [")


def test_any_arm_that_helped_is_set_against_copies() -> None:
    arms = {ORIGINAL: BASE, RANDOM_SET: BETTER, CLASSIC: WORSE, COPIES: moved(0.04, 0.06, 0.03, 0.05, 0.045)}
    random_set, classic, copies = findings(result(arms))
    assert random_set.sentences[3] == "What it brings cannot be told from what more training steps on copies bring."
    assert len(random_set.sentences) == 4
    assert classic.sentences[2].startswith("Against duplication it did worse")
    assert "mirrored" in classic.sentences[3]
    assert len(copies.sentences) == 2


def test_one_seed_says_nothing() -> None:
    found = findings(result({ORIGINAL: [0.5], EVOLVED_SET: [0.9], COPIES: [0.6]}))[0]
    assert found.effect == UNKNOWN
    assert found.headline == "On this dataset the evolved set cannot be judged from 1 seed"
    assert "mean of 1 seed: 90.0 % with it and 50.0 % without, a difference of +40.00 points" in found.sentences[0]
    assert found.sentences[2] == "Against duplication nothing can be said: +30.00 points of accuracy."


def test_the_papers_own_table_is_told_from_its_rows() -> None:
    assert paper_words() == (
        "The paper's own table: the evolved sets bring +0.8 points of accuracy on average, which is 0.4 of its 56 test "
        "images; Welch's test of its five seeds against its five models gives p = .56. Its best seed, Seed-4, is 2 "
        "images of 56 above the mean without. It compares neither with classic augmentation nor with copies."
    )


def test_caveats_tell_what_the_intervals_leave_out() -> None:
    arms = {ORIGINAL: BASE, EVOLVED_SET: ALIKE, CLASSIC: BETTER}
    said = caveats(result(arms, still_learning=(CLASSIC, EVOLVED_SET), left_out=3))
    assert "one of the 52 test images is 1.9 points" in said[0]
    assert said[1].startswith("2 arms are compared")
    assert said[2].startswith("Generators saw all training images")
    assert said[3].startswith("Training ended while the evolved set and classic augmentation still learnt")
    assert said[4].startswith("3 images were left out")
    assert len(caveats(result({ORIGINAL: BASE, COPIES: ALIKE}))) == 2


@pytest.mark.parametrize(
    ("p", "written"),
    [(0.564, ".56"), (0.0004, "< .001"), (0.0421, ".042"), (1.0, "1.00"), (0.0999, ".100"), (None, "–")],
)
def test_p_is_written_as_the_field_does(p: float | None, written: str) -> None:
    assert p_value(p) == written
