"""Who is in a clip and what they show, by where it lies and what it is called."""

from __future__ import annotations

import re
from pathlib import PurePath

from core.types import CONTROL, EMOTIONS, PD

_ALIASES = {
    "rage": "anger", "angry": "anger",
    "happy": "happiness", "laugh": "happiness", "smile": "happiness", "joy": "happiness",
    "disgusted": "disgust", "scared": "fear", "fearful": "fear", "surprised": "surprise",
    "rest": "neutral",
}  # fmt: skip
_KNOWN = {*EMOTIONS, "neutral", *_ALIASES}
_GROUPS = {
    "pd": PD, "1": PD, "1.0": PD, "parkinson": PD, "parkinsons": PD, "parkinson's": PD, "yes": PD, "true": PD,
    "control": CONTROL, "0": CONTROL, "0.0": CONTROL, "hc": CONTROL, "healthy": CONTROL, "no": CONTROL,
    "false": CONTROL,
    "": "", "nan": "", "unknown": "", "n/a": "", "na": "", "none": "", "null": "", "?": "",
}  # fmt: skip


def labels_from_path(path: PurePath | str) -> tuple[str, str]:
    """(subject, emotion) from `subject/emotion.ext`, `subject/emotion/000.png` or `subject_emotion.ext`.

    A subject may hold underscores itself. Aliases become their emotion (rage: anger; happy, laugh, smile: happiness);
    any other word is kept as it is, in small letters. A part that the path does not tell is empty.

    >>> labels_from_path("P07/rage.mp4")
    ('P07', 'anger')
    >>> labels_from_path("P_07_smile.mov")
    ('P_07', 'happiness')
    """
    path = PurePath(path)
    stem = path.stem if re.fullmatch(r"\.\w{1,5}", path.suffix) else path.name
    folders = [part for part in path.parent.parts if part not in ("/", ".", "..")]
    if re.fullmatch(r"(frame|img|image)?[_-]?\d+", stem.lower()) and folders:
        stem = folders.pop()
    if stem.lower() in _KNOWN:
        return (folders[-1] if folders else ""), emotion_of(stem)
    subject, separator, emotion = stem.rpartition("_")
    if separator and subject:
        return subject, emotion_of(emotion)
    return (folders[-1], emotion_of(stem)) if folders else (stem, "")


def emotion_of(word: str) -> str:
    """The emotion that a word means, by its aliases; the word itself in small letters when it means none."""
    word = word.lower()
    return _ALIASES.get(word, word)


def group_of(word: str) -> str | None:
    """The group that a word means: `PD`, `control` or empty for not known; None where it means none of them.

    >>> group_of("HC"), group_of("n/a"), group_of("maybe")
    ('control', '', None)
    """
    return _GROUPS.get(word.strip().lower())
