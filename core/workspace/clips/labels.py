"""Labels of a clip: who it shows, in which emotion, of which group."""

from __future__ import annotations

from core.errors import UserError
from core.faces.labels import emotion_of
from core.types import GROUPS
from core.workspace.clips.measurements import find_peak_again
from core.workspace.clips.records import Clip, clip_of, row_here
from core.workspace.store import Workspace


def relabel(ws: Workspace, clip_id: str, subject: str, emotion: str, group: str, version: int) -> Clip:
    """Change the labels of a clip that was read at `version`.

    The peak of a measured clip follows its new emotion. A measurement against a neutral clip holds only while both
    clips are of the same person. Raises `UserError` where the clip was changed elsewhere meanwhile.
    """
    if group not in (*GROUPS, ""):
        raise UserError(
            f"The group {group!r} is not known.", "Groups are PD, control or empty.", "Choose one of these."
        )
    subject, emotion = subject.strip(), emotion_of(emotion.strip())
    with ws.transaction() as t:
        old = row_here(ws, clip_id)
        if old["version"] != version:
            raise UserError(
                f"The labels of {old['name']} were changed elsewhere meanwhile.",
                "Saving yours would overwrite that change.",
                "Look at the labels as they are now and change them again if need be.",
            )
        t.execute(
            'UPDATE clips SET subject = ?, emotion = ?, "group" = ?, version = version + 1 WHERE id = ?',
            (subject, emotion, group, clip_id),
        )
        if emotion != old["emotion"]:
            find_peak_again(ws, t, clip_id)
        return clip_of(ws, row_here(ws, clip_id))
