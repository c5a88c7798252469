"""Who and what, from where a clip lies and what it is called."""

from __future__ import annotations

import pytest

from core.faces.labels import group_of, labels_from_path


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("P07/anger.mp4", ("P07", "anger")),
        ("study/P07/rage.mov", ("P07", "anger")),
        ("P07/happiness/000.png", ("P07", "happiness")),
        ("P07/laugh/frame_0012.jpg", ("P07", "happiness")),
        ("P07/surprise", ("P07", "surprise")),
        ("P07_disgust.avi", ("P07", "disgust")),
        ("P_07_Smile.mp4", ("P_07", "happiness")),
        ("/data/clips/S1_fear.mp4", ("S1", "fear")),
        ("S1_contempt.mp4", ("S1", "contempt")),
        ("S1_neutral.webm", ("S1", "neutral")),
        ("S1/neutral.png", ("S1", "neutral")),
        ("anger.mp4", ("", "anger")),
        ("holiday.mp4", ("holiday", "")),
    ],
)
def test_labels(path: str, labels: tuple[str, str]) -> None:
    assert labels_from_path(path) == labels


@pytest.mark.parametrize(
    ("word", "group"),
    [("PD", "PD"), (" pd ", "PD"), ("1", "PD"), ("HC", "control"), ("0.0", "control"), ("n/a", ""), ("", ""),
     ("patient", None)],
)  # fmt: skip
def test_groups_in_other_words(word: str, group: str | None) -> None:
    assert group_of(word) == group
