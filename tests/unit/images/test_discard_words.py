"""The words on a discard study follow from its intervals and from nothing else."""

from __future__ import annotations

import pytest

from core.images.discard_words import caveats, findings, growth_words
from core.images.settings import C_VAE, CLASSIC, DISCARD, DUPLICATE, FULL, S3VAE
from core.images.study_words import HARMED, HELPED, NEITHER, UNKNOWN
from tests.unit.images.discarded import result, row

ALL = [0.95, 0.96, 0.95, 0.94, 0.95]
LEFT = [0.58, 0.60, 0.57, 0.61, 0.59]


def moved(*by: float) -> list[float]:
    return [a + b for a, b in zip(LEFT, by, strict=True)]


BETTER = moved(0.04, 0.05, 0.04, 0.05, 0.045)
BEST = moved(0.14, 0.15, 0.14, 0.15, 0.15)
WORSE = moved(-0.04, -0.05, -0.04, -0.05, -0.045)
ALIKE = moved(0.04, -0.04, 0.05, -0.04, 0.01)


def found(**arms: list[float]):
    names = {"s3vae": S3VAE, "copies": DUPLICATE, "c_vae": C_VAE, "classic": CLASSIC}
    rows = [row(names[name], 0.9, f15) for name, f15 in arms.items()]
    (only,) = findings(result([row(FULL, 0.0, ALL), row(DISCARD, 0.9, LEFT), *rows]))
    return only


@pytest.mark.parametrize(("f15", "said"), [(BETTER, HELPED), (WORSE, HARMED), (ALIKE, NEITHER)])
def test_the_headline_follows_the_interval(f15: list[float], said: str) -> None:
    only = found(s3vae=f15)
    assert only.effect == said
    assert only.headline == f"With 90 % of class Tapered discarded, S3VAE {said}"


@pytest.mark.parametrize(("s3vae", "copies", "said"), [(BETTER, BETTER, True), (BETTER, WORSE, False),
                                                        (ALIKE, ALIKE, False)])  # fmt: skip
def test_the_headline_says_where_copies_do_as_much(s3vae: list[float], copies: list[float], said: bool) -> None:
    headline = found(s3vae=s3vae, copies=copies).headline
    assert headline.endswith("helped, but is not shown to do more than plain copies") == said


def test_who_helps_less_than_copies_is_told_so_and_nothing_else() -> None:
    only = found(s3vae=BETTER, copies=BEST)
    assert only.headline.endswith("S3VAE helped, but less than plain copies")
    assert only.sentences[2].startswith("S3VAE trails plain copies: −10.10 [")
    assert not any("cannot be told from what copies bring" in each for each in only.sentences)


def test_numbers_stand_in_the_sentences() -> None:
    only = found(s3vae=BETTER, copies=WORSE, c_vae=ALIKE, classic=BEST)
    assert only.sentences[0] == (
        "F1.5 of the discarded class on the test images, mean of 5 repeats: 95.0 % with all images, 59.0 % with those "
        "left, 63.5 % refilled by S3VAE."
    )
    # Differences: mean 0.045, sd 0.005, standard error 0.002236, t 2.7764: 0.045 ± 0.0062.
    assert only.sentences[1] == "S3VAE brings +4.50 [+3.88 to +5.12] points of F1.5 over the images left."
    assert only.sentences[2].startswith("S3VAE brings +9.00 [")
    assert only.sentences[2].endswith("over plain copies.")
    assert only.sentences[3].startswith("Between S3VAE and C-VAE no difference is shown: ")
    assert only.sentences[4].startswith("S3VAE trails classic augmentation: −10.10 [")
    assert only.sentences[5].startswith("Plain copies did harm: −4.50 [")
    assert only.sentences[6].startswith("C-VAE did not help: ")
    assert only.sentences[7].startswith("Classic augmentation helped: +14.60 [")
    assert only.sentences[8].startswith("Discarding itself cost: −36.00 [")
    assert (
        only.sentences[9] == "Accuracy over all classes is not shown to change with S3VAE: 0.00 [0.00 to 0.00] points."
    )


def test_what_copies_bring_too_is_not_claimed() -> None:
    doubt = "What it brings cannot be told from what copies bring."
    assert doubt in found(s3vae=BETTER, copies=moved(0.04, 0.06, 0.03, 0.05, 0.045)).sentences
    assert doubt not in found(s3vae=BETTER, copies=WORSE).sentences
    assert doubt not in found(s3vae=ALIKE, copies=ALIKE).sentences


def test_without_the_s3vae_the_first_arm_is_judged_and_without_any_the_loss() -> None:
    assert found(classic=BEST).headline == "With 90 % of class Tapered discarded, classic augmentation helped"
    only = found()
    assert (only.arm, only.effect) == (DISCARD, HARMED)
    assert only.headline == "With 90 % of class Tapered discarded, it is told worse"
    assert len(only.sentences) == 1


def test_one_repeat_says_nothing() -> None:
    (only,) = findings(result([row(FULL, 0.0, [0.9]), row(DISCARD, 0.9, [0.5]), row(S3VAE, 0.9, [0.8])]))
    assert only.effect == UNKNOWN
    assert only.headline.endswith("S3VAE cannot be judged from 1 repeat")
    assert only.sentences[1] == "S3VAE less the images left: +30.00 points of F1.5, of which nothing can be said."


def test_whether_the_advantage_grows_follows_the_interval_too() -> None:
    rows = [row(FULL, 0.0, ALL)]
    for rate, s3vae in ((0.6, BETTER), (0.9, BEST), (0.95, BETTER)):
        rows += [row(DISCARD, rate, LEFT), row(S3VAE, rate, s3vae), row(DUPLICATE, rate, LEFT)]
    grows, shrinks = growth_words(result(rows))
    assert grows.startswith("From 60 % to 90 % discarded, S3VAE gains on plain copies: +10.10 [")
    assert shrinks.startswith("From 90 % to 95 % discarded, S3VAE loses ground to plain copies: −10.10 [")


def test_caveats_tell_what_the_intervals_leave_out() -> None:
    rows = [row(FULL, 0.0, ALL), row(DISCARD, 0.9, LEFT), row(CLASSIC, 0.9, BEST)]
    said = caveats(result(rows))
    assert "the class has 50 test images, and one of them is 2.0 points of its recall" in said[0]
    assert said[1].startswith("3 differences are looked at")
    assert "never by the test images" in said[2]
    assert "does not say how well the discarded class is told" in said[3]
    assert "mirrored digit" in said[4]
    assert len(said) == 5
    rows[1] |= {"n_stopped_early": 3, "n_validation": 0.0}
    more = caveats(result(rows, left_out=3))
    assert more[4].startswith("2 of 15 trainings went through all 60 epochs")
    assert more[5].startswith("Where too few images are left to hold any out")
    assert more[7].startswith("3 images were left out")
