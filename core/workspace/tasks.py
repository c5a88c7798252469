"""What each kind of job does: the pure functions of the other rooms, fed from the workspace and kept in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.files import atomic_path
from core.settings import SAMPLERS, AGCLSettings, ScreeningSettings, ValidationSettings
from core.types import Progress, check_cancelled
from core.workspace import bundles, clips, cohorts, discard_tasks, image_tasks, vae_tasks
from core.workspace.checkpoint import Checkpoint
from core.workspace.clips.records import CLIPS_HERE, NEUTRAL
from core.workspace.extraction import PROCESSES, extract
from core.workspace.files import sha256_of
from core.workspace.provenance import versions
from core.workspace.store import Workspace

Settings = dict[str, Any]


def project(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Map the labelled, complete rows of one emotion of a `table` with UMAP: `umap.npz` with Z (n, 2) in their order.

    Standardised as the cluster tree is, so that neighbours in the map are neighbours in the clusters.
    """
    import numpy as np

    from core.latent.features import complete_rows, samples
    from core.latent.projection import fit_umap
    from core.latent.selection import reduced

    emotion, features = settings["emotion"], settings["features"]
    rows = complete_rows(cohorts.read_table(ws, settings["table"]), emotion, features)
    found = reduced(samples(rows, emotion, features, scaled=True))
    progress.report(0, 1, f"Mapping {len(found.y)} people")
    Z = fit_umap(found.X, settings["random_state"])
    check_cancelled(progress)
    with atomic_path(run_dir / "umap.npz") as part:
        np.savez(part, Z=Z)
    progress.report(1, 1)
    return {"n": len(Z), "file": "umap.npz"}


def fidelity(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Whether rows of a `method`, asked for by `sampler`, look like the people of one emotion of a `table`."""
    from core.latent.features import complete_rows, samples
    from core.latent.fidelity.report import report
    from core.latent.selection import reduced

    emotion, features = settings["emotion"], settings["features"]
    rows = complete_rows(cohorts.read_table(ws, settings["table"]), emotion, features)
    chosen = SAMPLERS[settings["method"]](**settings["sampler"])
    people = reduced(samples(rows, emotion, features))
    return report(people, chosen, random_state=settings["random_state"], progress=progress)


def validate(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Both protocols on a `table`; the other settings are those of `ValidationSettings`.

    A retry repeats no part, unless the program has changed.
    """
    from core.screening.paper_protocol import run

    table = cohorts.read_table(ws, settings["table"])
    fields: dict[str, Any] = {key: value for key, value in settings.items() if key != "table"}
    for name in ("alphas", "methods", "classifiers"):
        if name in fields:
            fields[name] = tuple(fields[name])
    inputs = input_hashes(ws, "validate", settings)
    checkpoint = Checkpoint(run_dir, {"settings": settings, "inputs": inputs, "versions": versions()})
    chosen = ValidationSettings(**fields)
    return run(table, chosen, progress, dict(checkpoint.finished), checkpoint.add, ws.preference(PROCESSES))


def screen(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Screen a `person` by their clips (`clip_ids`), or without any by their rows of the cohort's `table`.

    By a kept `model` where one is named; the other settings are then those that it was trained with, and the cohort
    only says where the person lies.
    """
    from core.screening.cohort_beside import beside
    from core.screening.kept_model import screen_by
    from core.screening.screening import screen as judge

    cohort = cohorts.read_table(ws, settings["table"])
    if settings["clip_ids"]:
        person = clips.rows_of(ws, settings["clip_ids"])
    else:
        person = cohort[cohort["subject"] == settings["person"]]
    if model := settings.get("model"):
        if person.empty:
            raise UserError("The person has no rows.", "Nothing of them was measured.", "Choose somebody else.")
        return beside(screen_by(bundles.open_kept(ws, model), person)[0], person, cohort).to_json()
    return judge(person, cohort, _screening_settings(settings), progress).to_json()


def train(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Train a model on a `table` and keep it under `name`; the other settings are those of `ScreeningSettings`."""
    from core.screening.training import train as fit

    bundle = fit(cohorts.read_table(ws, settings["table"]), _screening_settings(settings), progress)
    check_cancelled(progress)
    kept = bundles.keep(ws, bundle, settings["name"], bundles.TRAINED)
    return {
        "model": kept.id,
        "name": kept.name,
        "vote_accuracy": kept.card["vote_accuracy"],
        "skipped": kept.card["skipped"],
    }


def _screening_settings(settings: Settings) -> ScreeningSettings:
    others = ("table", "person", "clip_ids", "name", "agcl")
    fields = {key: value for key, value in settings.items() if key not in others}
    return ScreeningSettings(**fields, agcl=AGCLSettings(**settings.get("agcl", {})))


TASKS: dict[str, Callable[[Workspace, Settings, Progress, Path], dict[str, Any]]] = {
    "extract": extract,
    "project": project,
    "fidelity": fidelity,
    "validate": validate,
    "screen": screen,
    "train": train,
    "images": image_tasks.take_images,
    "gan": image_tasks.gan,
    "evolve": image_tasks.evolve,
    "vae": vae_tasks.vae,
    "vae_sweep": vae_tasks.vae_sweep,
    "study": image_tasks.study,
    "discard": discard_tasks.discard,
}
"""Kind of job to its function, which gives back a small dict for JSON and puts bigger results into the run folder."""


def input_hashes(ws: Workspace, kind: str, settings: Settings) -> dict[str, str]:
    """Hashes of what a job of these settings reads: table, images, generators, the clips' files, labels, measurements.

    Extraction writes measurements, so that they are no input of it; the neutral clips of its people are.
    """
    hashes: dict[str, str] = {name: settings[name] for name in ("table", "images") if name in settings}
    if "gan" in settings:
        hashes |= image_tasks.generator_hashes(ws, settings)
    ids = sorted(settings.get("clip_ids", ()))
    if not ids:
        return hashes
    chosen = f"id IN ({','.join('?' * len(ids))})"
    columns, which, args = 'id, sha256, subject, emotion, "group", holds, peak_row', chosen, ids
    if kind == "extract":
        people = f"SELECT subject FROM {CLIPS_HERE} WHERE {chosen} AND subject <> ''"
        columns, which = "id, sha256, subject, emotion", f"{chosen} OR (emotion = ? AND subject IN ({people}))"
        args = [*ids, NEUTRAL, *ids]
    rows = ws.read(f"SELECT {columns} FROM {CLIPS_HERE} WHERE {which} ORDER BY id", args)
    hashes.update({f"clip {row['id']}": row["sha256"] for row in rows})
    hashes["clips"] = sha256_of(json.dumps([tuple(row) for row in rows]).encode())
    return hashes
