"""What each kind of job does: the pure functions of the other rooms, fed from the workspace and kept in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.settings import AGCLSettings, ScreeningSettings, ValidationSettings
from core.types import Measurement, Progress, check_cancelled
from core.workspace import clips, cohorts
from core.workspace.clips import NEUTRAL, Clip
from core.workspace.files import atomic_path, atomic_write, sha256_of
from core.workspace.names import speaking_of
from core.workspace.store import Workspace

if TYPE_CHECKING:
    from core.faces.expression import Neutral

Settings = dict[str, Any]


def extract(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Measure clips (`clip_ids`), each against the neutral clip of its person where there is one.

    Each clip is stored as soon as it is measured and is not measured again when the job is retried.
    """
    here = {clip.id: clip for clip in clips.list_clips(ws)}
    asked: list[str] = settings["clip_ids"]
    chosen = [here[clip_id] for clip_id in asked if clip_id in here and here[clip_id].path]
    checkpoint = _Checkpoint(run_dir)
    rests = _Rests(list(here.values()))
    left = [clip for clip in chosen if clip.id not in checkpoint.finished or not clip.measured]
    total = sum(_frames(clip) for clip in chosen)
    done = total - sum(_frames(clip) for clip in left)
    for clip in sorted(left, key=lambda clip: (clip.subject, clip.emotion != NEUTRAL, clip.name)):
        check_cancelled(progress)
        part = _Part(progress, done, _frames(clip), total, f"Measuring {clip.name}")
        part.report(0, 1)
        verdict, reason = _measure(ws, clip, rests.of(clip, part), part)
        checkpoint.add(clip.id, verdict)
        done += _frames(clip)
        progress.report(done, total, f"{clip.name}: {verdict}. {reason}".rstrip())
    verdicts = list(checkpoint.finished.values())
    unusable = verdicts.count("not usable")
    return {
        "measured": len(verdicts) - unusable,
        "unusable": unusable,
        "without_video": len(asked) - len(chosen),
        "verdicts": checkpoint.finished,
    }


def project(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Map the labelled, complete rows of one emotion of a `table` with UMAP: `umap.npz` with Z (n, 2) in their order.

    Standardised as the cluster tree is, so that neighbours in the map are neighbours in the clusters.
    """
    import numpy as np

    from core.latent.features import complete_rows, samples
    from core.latent.projection import fit_umap

    emotion, features = settings["emotion"], settings["features"]
    rows = complete_rows(cohorts.read_table(ws, settings["table"]), emotion, features)
    found = samples(rows, emotion, features, scaled=True)
    progress.report(0, 1, f"Mapping {len(found.y)} people")
    Z = fit_umap(found.X, settings["random_state"])
    check_cancelled(progress)
    with atomic_path(run_dir / "umap.npz") as part:
        np.savez(part, Z=Z)
    progress.report(1, 1)
    return {"n": len(Z), "file": "umap.npz"}


def validate(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Both protocols on a `table`; the other settings are those of `ValidationSettings`. A retry repeats no part."""
    from core.screening.paper_protocol import run

    table = cohorts.read_table(ws, settings["table"])
    fields: dict[str, Any] = {key: value for key, value in settings.items() if key != "table"}
    if "alphas" in fields:
        fields["alphas"] = tuple(fields["alphas"])
    checkpoint = _Checkpoint(run_dir)
    return run(table, ValidationSettings(**fields), progress, dict(checkpoint.finished), checkpoint.add)


def screen(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Screen a `person` by their clips (`clip_ids`), or without any by their rows of the cohort's `table`."""
    from core.screening.screening import screen as judge

    cohort = cohorts.read_table(ws, settings["table"])
    if settings["clip_ids"]:
        person = clips.rows_of(ws, settings["clip_ids"])
    else:
        person = cohort[cohort["subject"] == settings["person"]]
    fields = {key: v for key, v in settings.items() if key not in ("table", "person", "clip_ids", "agcl")}
    chosen = ScreeningSettings(**fields, agcl=AGCLSettings(**settings.get("agcl", {})))
    return judge(person, cohort, chosen, progress).to_json()


TASKS: dict[str, Callable[[Workspace, Settings, Progress, Path], dict[str, Any]]] = {
    "extract": extract,
    "project": project,
    "validate": validate,
    "screen": screen,
}
"""Kind of job to its function, which gives back a small dict for JSON and puts bigger results into the run folder."""


def input_hashes(ws: Workspace, kind: str, settings: Settings) -> dict[str, str]:
    """Hashes of what a job of these settings reads: the table, the clips' files and labels, and their measurements.

    Extraction writes measurements, so that they are no input of it.
    """
    hashes = {"table": settings["table"]} if "table" in settings else {}
    ids = sorted(settings.get("clip_ids", ()))
    if ids:
        columns = "id, sha256, subject, emotion" + ("" if kind == "extract" else ', "group", peak_row')
        rows = ws.read(f"SELECT {columns} FROM clips WHERE id IN ({','.join('?' * len(ids))}) ORDER BY id", ids)
        hashes.update({f"clip {row['id']}": row["sha256"] for row in rows})
        hashes["clips"] = sha256_of(json.dumps([tuple(row) for row in rows]).encode())
    return hashes


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


class _Checkpoint:
    """What a job has finished, by name, kept in its run folder from one attempt to the next."""

    def __init__(self, run_dir: Path) -> None:
        self._path = run_dir / "finished.json"
        self.finished: dict[str, Any] = json.loads(self._path.read_text()) if self._path.is_file() else {}

    def add(self, name: str, outcome: Any) -> None:
        self.finished[name] = outcome
        atomic_write(self._path, json.dumps(self.finished).encode())


class _Rests:
    """The faces at rest of people who have a neutral clip, measured when first asked for."""

    def __init__(self, known: list[Clip]) -> None:
        self._clips = {clip.subject: clip for clip in reversed(known) if clip.emotion == NEUTRAL and clip.path}
        self._found: dict[str, Neutral | None] = {}

    def of(self, clip: Clip, progress: Progress) -> Neutral | None:
        """The reference for a clip; None for a neutral clip itself and for people without a usable one."""
        if clip.emotion == NEUTRAL or not clip.subject or clip.subject not in self._clips:
            return None
        if clip.subject not in self._found:
            self._found[clip.subject] = self._measured(self._clips[clip.subject], progress)
        return self._found[clip.subject]

    def _measured(self, clip: Clip, progress: Progress) -> Neutral | None:
        from core.faces.measurement import measure_neutral

        assert clip.path is not None
        try:
            return measure_neutral(clip.path, _Part(progress, 0, 0, 1, f"Reading the face at rest in {clip.name}"))
        except UserError:
            return None  # its own verdict tells why; the first frames of the other clips serve instead


def _measure(ws: Workspace, clip: Clip, rest: Neutral | None, progress: Progress) -> tuple[str, str]:
    """Measure one clip and store what came out; verdict and reason."""
    from core.faces.measurement import measure_clip

    assert clip.path is not None
    try:
        with speaking_of(clip.name, clip.path):
            measurement: Measurement = measure_clip(clip.path, clip.emotion, rest, progress)
    except UserError as error:
        reason = f"{error.what} {error.why}"
        clips.save_unusable(ws, clip.id, reason)
        return "not usable", reason
    clips.save_measurement(ws, clip.id, measurement)
    return measurement.quality.verdict, measurement.quality.reason


def _frames(clip: Clip) -> int:
    return max(int(clip.info.get("n_frames_claimed", 0)), 1)
