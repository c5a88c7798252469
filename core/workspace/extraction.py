"""Measuring clips, each against the neutral clip of its person, while others may go on changing them.

The clips are measured by other processes, or on other machines; what comes out is stored by this one alone.
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.faces import backends
from core.faces.batch import Outcome, Turn, measure_all
from core.parallel import Tally, open_pool
from core.types import Progress
from core.workspace import clips
from core.workspace.backend_choice import chosen as chosen_backend
from core.workspace.checkpoint import Checkpoint
from core.workspace.clips import NEUTRAL, Clip
from core.workspace.names import speaking_of
from core.workspace.provenance import measuring_with, versions
from core.workspace.store import Workspace

SKIPPED = "skipped"
PROCESSES = "processes"
"""The preference that says how many clips are measured at once; None for one a core, 0 for no process of their own."""


def extract(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Measure clips (`clip_ids`) with a mesh (`backend`), each against its person's neutral clip where there is one.

    Each clip is stored as soon as it is measured and is not measured again when the job is retried, unless its neutral
    clip or this program has changed. Clips that were removed or relabelled meanwhile are skipped. The result does not
    depend on how many are measured at once.
    """
    backend = settings.get("backend") or chosen_backend(ws)
    if problem := backends.why_not(backend):
        raise problem
    here = {clip.id: clip for clip in clips.list_clips(ws)}
    asked: list[str] = settings["clip_ids"]
    chosen = [here[clip_id] for clip_id in asked if clip_id in here and here[clip_id].path]
    checkpoint = Checkpoint(run_dir, {"versions": versions(), "backend": backend})
    left = [clip for clip in chosen if not _finished(ws, clip, checkpoint.finished.get(clip.id), backend)]
    verdicts = {clip.id: checkpoint.finished[clip.id]["verdict"] for clip in chosen if clip not in left}
    frames = _frames(chosen)
    total = sum(frames.values())
    tally = Tally(progress, total - sum(frames[clip.id] for clip in left), total)
    tally.tell("Starting")
    order = [clip.id for clip in sorted(left, key=lambda clip: (clip.subject, clip.emotion != NEUTRAL, clip.name))]
    alike = partial(measuring_with, backend)
    with _folder(run_dir / "meshes") as meshes, open_pool(ws.preference(PROCESSES), alike) as pool:
        for outcome in measure_all(order, lambda clip_id: _turn(ws, clip_id, frames, meshes), pool, tally, backend):
            verdict, words = _store(ws, outcome)
            verdicts[outcome.key] = verdict
            if verdict != SKIPPED:
                rest = outcome.turn.rest[0] if outcome.turn and outcome.turn.rest else None
                checkpoint.add(outcome.key, {"verdict": verdict, "neutral_clip": rest})
            tally.add(frames[outcome.key], f"{here[outcome.key].name}: {verdict}. {words}".rstrip())
    unusable, skipped = (list(verdicts.values()).count(verdict) for verdict in ("not usable", SKIPPED))
    return {
        "measured": len(verdicts) - unusable - skipped,
        "unusable": unusable,
        "skipped": skipped,
        "without_video": len(asked) - len(chosen),
        "verdicts": {clip.id: verdicts[clip.id] for clip in chosen},
    }


def _turn(ws: Workspace, clip_id: str, frames: dict[str, float], meshes: Path) -> Turn | None:
    """A clip as it is by now; None where it was removed or its video deleted."""
    try:
        clip = clips.get_clip(ws, clip_id)
    except UserError:
        return None
    if clip.path is None:
        return None
    rest = _rest_clip(ws, clip)
    rest_at = (rest.id, rest.path) if rest and rest.path else None
    return Turn(clip_id, clip.name, clip.path, clip.emotion, frames[clip_id], rest_at, meshes / f"{clip_id}.npy")


def _store(ws: Workspace, outcome: Outcome) -> tuple[str, str]:
    """Keep what came of a clip; its verdict and what is to be said of it."""
    if outcome.turn is None or outcome.found is None:
        return SKIPPED, "It was removed meanwhile, or its video was."
    try:
        if isinstance(outcome.found, UserError):
            kept = clips.save_unusable(ws, outcome.key, _reason(outcome.found, outcome.turn))
        else:
            kept = clips.save_measurement(ws, outcome.key, outcome.found, outcome.rest, outcome.turn.mesh_file)
    except UserError:
        return SKIPPED, "It was removed meanwhile."
    if not kept.measured:
        return SKIPPED, "Its labels, or those of its neutral clip, were changed meanwhile."
    if isinstance(outcome.found, UserError) and kept.peak_frame is not None:
        return SKIPPED, "Its file cannot be read any more; its earlier measurement is kept."
    return kept.verdict, kept.reason


def _reason(error: UserError, turn: Turn) -> str:
    """Why a clip could not be measured, with the name that its owner knows."""
    try:
        with speaking_of(turn.name, turn.path):
            raise error
    except UserError as told:
        return f"{told.what} {told.why}"


def _rest_clip(ws: Workspace, clip: Clip) -> Clip | None:
    """The neutral clip to measure a clip against as things are now; None for a neutral clip itself."""
    return None if clip.emotion == NEUTRAL else clips.neutral_clip_of(ws, clip.subject)


def _finished(ws: Workspace, clip: Clip, finished: dict[str, Any] | None, backend: str) -> bool:
    """Whether an earlier attempt measured a clip as it would be measured now, and nobody has measured it anew since."""
    rest = _rest_clip(ws, clip)
    return (
        finished is not None
        and clip.measured
        and clip.backend in ("", backend)
        and finished["neutral_clip"] == (rest.id if rest else None)
    )


def _frames(chosen: Sequence[Clip]) -> dict[str, float]:
    """About how many frames each clip has, by its id; one that does not say is taken for as long as the middle one."""
    claimed = {clip.id: float(clip.info.get("n_frames_claimed", 0)) for clip in chosen}
    usual = statistics.median([n for n in claimed.values() if n > 0] or [1.0])
    return {clip_id: n if n > 0 else usual for clip_id, n in claimed.items()}


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """An empty folder for the time of the block."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
