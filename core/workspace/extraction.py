"""Measuring clips, each against the neutral clip of its person, while others may go on changing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.types import Measurement, Progress, check_cancelled
from core.workspace import clips
from core.workspace.checkpoint import Checkpoint
from core.workspace.clips import NEUTRAL, Clip
from core.workspace.names import speaking_of
from core.workspace.provenance import versions
from core.workspace.store import Workspace

if TYPE_CHECKING:
    from core.faces.expression import Neutral

SKIPPED = "skipped"


def extract(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Measure clips (`clip_ids`), each against the neutral clip of its person where there is one.

    Each clip is stored as soon as it is measured and is not measured again when the job is retried, unless its neutral
    clip or this program has changed. Clips that were removed or relabelled meanwhile are skipped.
    """
    here = {clip.id: clip for clip in clips.list_clips(ws)}
    asked: list[str] = settings["clip_ids"]
    chosen = [here[clip_id] for clip_id in asked if clip_id in here and here[clip_id].path]
    checkpoint = Checkpoint(run_dir, {"versions": versions()})
    rests = _Rests(ws)
    left = [clip for clip in chosen if not (clip.measured and rests.served(clip, checkpoint.finished.get(clip.id)))]
    verdicts = {clip.id: checkpoint.finished[clip.id]["verdict"] for clip in chosen if clip not in left}
    total = sum(_frames(clip) for clip in chosen)
    done = total - sum(_frames(clip) for clip in left)
    for clip in sorted(left, key=lambda clip: (clip.subject, clip.emotion != NEUTRAL, clip.name)):
        check_cancelled(progress)
        part = _Part(progress, done, _frames(clip), total, f"Measuring {clip.name}")
        part.report(0, 1)
        neutral_clip, verdict, reason = _measure(ws, clip.id, rests, part)
        verdicts[clip.id] = verdict
        if verdict != SKIPPED:
            checkpoint.add(clip.id, {"verdict": verdict, "neutral_clip": neutral_clip})
        done += _frames(clip)
        progress.report(done, total, f"{clip.name}: {verdict}. {reason}".rstrip())
    unusable, skipped = (list(verdicts.values()).count(verdict) for verdict in ("not usable", SKIPPED))
    return {
        "measured": len(verdicts) - unusable - skipped,
        "unusable": unusable,
        "skipped": skipped,
        "without_video": len(asked) - len(chosen),
        "verdicts": verdicts,
    }


class _Part:
    """The `Progress` of one clip within the whole: `steps` of `total`, after the `before` ones."""

    def __init__(self, whole: Progress, before: float, steps: float, total: float, message: str) -> None:
        self._whole, self._before, self._steps = whole, before, steps
        self._total, self._message = total, message

    def report(self, done: float, total: float, message: str = "") -> None:
        share = min(done / total, 1.0) if total else 0.0
        self._whole.report(self._before + self._steps * share, self._total, self._message)

    def cancelled(self) -> bool:
        return self._whole.cancelled()


class _Rests:
    """The faces at rest of people who have a neutral clip, measured when first asked for."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._found: dict[str, Neutral | None] = {}

    def clip_for(self, clip: Clip) -> Clip | None:
        """The neutral clip to measure a clip against as things are now; None for a neutral clip itself."""
        return None if clip.emotion == NEUTRAL else clips.neutral_clip_of(self._ws, clip.subject)

    def served(self, clip: Clip, finished: dict[str, Any] | None) -> bool:
        """Whether an earlier attempt finished a clip against what it would be measured against now."""
        rest_clip = self.clip_for(clip)
        return finished is not None and finished["neutral_clip"] == (rest_clip.id if rest_clip else None)

    def face(self, clip: Clip, progress: Progress) -> Neutral | None:
        """The face at rest in a neutral clip; None where there is no usable one."""
        from core.faces.measurement import measure_neutral

        if clip.id not in self._found:
            assert clip.path is not None
            try:
                self._found[clip.id] = measure_neutral(clip.path, _Part(progress, 0, 0, 1, ""))
            except UserError:
                self._found[clip.id] = None  # its own verdict tells why; the first frames of other clips serve instead
        return self._found[clip.id]


def _measure(ws: Workspace, clip_id: str, rests: _Rests, progress: Progress) -> tuple[str | None, str, str]:
    """Measure one clip as it is by now and store what came out: its neutral clip, verdict and reason."""
    from core.faces.measurement import measure_clip

    try:
        clip = clips.get_clip(ws, clip_id)
        if clip.path is None:
            return None, SKIPPED, "Its video was deleted meanwhile."
        rest_clip = rests.clip_for(clip)
        rest = rests.face(rest_clip, progress) if rest_clip else None
        measurement: Measurement | None = None
        try:
            with speaking_of(clip.name, clip.path):
                measurement = measure_clip(clip.path, clip.emotion, rest, progress)
        except UserError as error:
            kept = clips.save_unusable(ws, clip_id, f"{error.what} {error.why}")
        else:
            kept = clips.save_measurement(ws, clip_id, measurement, rest_clip.id if rest_clip and rest else None)
    except UserError:
        return None, SKIPPED, "It was removed meanwhile."
    if not kept.measured:
        return None, SKIPPED, "Its labels, or those of its neutral clip, were changed meanwhile."
    if measurement is None and kept.peak_frame is not None:
        return None, SKIPPED, "Its file cannot be read any more; its earlier measurement is kept."
    return rest_clip.id if rest_clip else None, kept.verdict, kept.reason


def _frames(clip: Clip) -> int:
    return max(int(clip.info.get("n_frames_claimed", 0)), 1)
