"""Each fault has its verdict and says its figure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.faces.quality import assess, judge


def figures(n: int = 60, **changes: Any) -> dict[str, Any]:
    good = {
        "confidence": np.full(n, 0.9),
        "n_faces": np.ones(n, int),
        "pose_deg": np.zeros((n, 3)),
        "inter_eye_px": np.full(n, 120.0),
        "blur": np.full(4, 200.0),
        "exposure": np.full(4, 120.0),
    }
    return good | changes


def lost(n: int, n_lost: int) -> dict[str, Any]:
    eyes, pose = np.full(n, 120.0), np.zeros((n, 3))
    eyes[:n_lost] = np.nan
    pose[:n_lost] = np.nan
    return figures(n, inter_eye_px=eyes, pose_deg=pose)


def test_a_good_clip_is_usable_and_needs_no_reason() -> None:
    quality = assess(**figures())
    assert (quality.verdict, quality.reason, quality.face_found, quality.frames_read) == ("usable", "", 1.0, 60)
    assert quality.mean_confidence == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lost(40, 40), "No face was found in any of the 40 frames"),
        (lost(40, 30), "only 25% of the frames"),
        (figures(inter_eye_px=np.full(60, 12.0)), "12 pixels between the outer eye corners"),
        (figures(n=1), "A single image shows no change from rest"),
        (figures(n=7), "Only 7 frames show a face"),
    ],
    ids=["no face", "seldom", "small", "still", "short"],
)
def test_what_cannot_be_used_says_why(given: dict[str, Any], said: str) -> None:
    quality = assess(**given)
    assert quality.verdict == "not usable"
    assert not quality.usable
    assert said in quality.reason


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lost(40, 8), "only 80% of the frames"),
        (figures(n_faces=np.repeat([1, 2], 30)), "More than one face"),
        (figures(restless=(5, 19)), "frames 6 to 20 served as rest"),
        (figures(pose_deg=np.tile([0.0, 42.0, 0.0], (60, 1))), "42°"),
        (figures(inter_eye_px=np.full(60, 40.0)), "40 pixels"),
        (figures(exposure=np.full(4, 20.0)), "too dark"),
        (figures(exposure=np.full(4, 240.0)), "too bright"),
        (figures(blur=np.full(4, 3.0)), "blurred"),
    ],
    ids=["lost", "two faces", "restless", "turned", "small", "dark", "bright", "blurred"],
)
def test_what_is_doubtful_is_usable_with_a_warning(given: dict[str, Any], said: str) -> None:
    quality = assess(**given)
    assert quality.verdict == "warning"
    assert quality.usable
    assert said in quality.reason


def test_a_still_will_do_where_the_persons_neutral_is_known() -> None:
    assert assess(**figures(n=1), has_neutral=True).verdict == "usable"


def test_ranges_are_over_the_frames_with_a_face() -> None:
    given = lost(12, 2)
    given["pose_deg"][2:, 0] = np.linspace(-5, 7, 10)
    given["pose_deg"][2:, 1] = np.linspace(1, 4, 10)
    quality = assess(**given)
    assert quality.pitch_range_deg == pytest.approx(12.0)
    assert quality.yaw_range_deg == pytest.approx(3.0)


def test_every_doubt_is_kept_the_gravest_first() -> None:
    quality = assess(**figures(n_faces=np.full(60, 2), exposure=np.full(4, 20.0), blur=np.full(4, 5.0)))
    assert [words.split()[0] for words in quality.doubts] == ["More", "The", "The"]
    assert quality.reason == quality.doubts[0]
    assert "dark" in quality.doubts[1]
    assert "blurred" in quality.doubts[2]
    assert assess(**lost(40, 40)).doubts == ()


def test_frames_of_rest_that_a_person_chose_may_come_late_but_not_move() -> None:
    pose_deg = figures()["pose_deg"]
    warned = assess(**figures(restless=(0, 4), exposure=np.full(4, 20.0)))
    assert "first frames" in warned.reason
    calm = judge(warned, pose_deg, has_neutral=False, restless=None, chosen=True)
    assert len(calm.doubts) == 1
    assert "dark" in calm.reason
    moving = judge(calm, pose_deg, has_neutral=False, restless=(30, 40), chosen=True)
    assert moving.reason == "The face moves in frames 31 to 41, which were chosen as rest."
    good = judge(replace(moving, exposure=120.0), pose_deg, has_neutral=False, restless=None, chosen=True)
    assert (good.verdict, good.reason, good.doubts) == ("usable", "", ())
