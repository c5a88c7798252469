"""What each kind of job of the image space does, fed from the workspace and kept in its run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.images.settings import EVOLUTION_LIVE, GAN_LIVE, EvolutionSettings, GanSettings, StudySettings
from core.settings import NOTICE
from core.types import Progress, check_cancelled
from core.workspace import image_sets, image_sources
from core.workspace.checkpoint import Checkpoint
from core.workspace.extraction import PROCESSES
from core.workspace.files import sha256_of
from core.workspace.store import Workspace

if TYPE_CHECKING:
    from core.images.dataset import ImageSet

Settings = dict[str, Any]

MAP = "latents.npz"
KEPT = "evolved_set"


def take_images(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Keep an image set: of a `folder`, or faces of the clips `clip_ids` with `class_of` and `n_frames`.

    Of a folder it may be a part, by the fields of `Excerpt`.
    """
    from core.images.excerpt import Excerpt

    if "folder" in settings:
        part = {name: settings[name] for name in ("classes", "n_per_class", "random_state") if name in settings}
        if isinstance(part.get("classes"), list):
            part["classes"] = tuple(part["classes"])
        kept = image_sources.from_folder(ws, settings["folder"], progress, excerpt=Excerpt(**part))
    else:
        chosen = {name: settings[name] for name in ("name", "clip_ids", "class_of", "n_frames")}
        kept = image_sources.from_clips(ws, **chosen, progress=progress)
    return {"image_set": kept.id, "name": kept.name, "n_per_class": dict(kept.n_per_class)}


def gan(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Train generators for the `classes` of the image set `images`; the other settings are those of `GanSettings`."""
    from core.images.class_generators import train_generators

    fields = {name: value for name, value in settings.items() if name not in ("images", "classes")}
    image_set = image_sets.read(ws, settings["images"])
    return train_generators(image_set, settings["classes"], GanSettings(**fields), run_dir, progress)


def evolve(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Evolve a set of the `class` with the generator of the job `gan`; the others are those of `EvolutionSettings`.

    Beside what `evolve_class` keeps, a map of the latent vectors in `MAP`: Z (n, 2) and which (n,) of the sets.
    """
    import numpy as np

    from core.files import atomic_path
    from core.images.evolved_set import evolve_class
    from core.images.live_view import sets_of
    from core.latent.projection import fit_umap

    fields = {name: value for name, value in settings.items() if name not in ("images", "gan", "class", "random_state")}
    result = evolve_class(
        ws.runs_dir / settings["gan"], image_sets.read(ws, settings["images"]), settings["class"],
        EvolutionSettings(**fields), settings["random_state"], run_dir, progress,
    )  # fmt: skip
    check_cancelled(progress)
    sets = sets_of(run_dir)
    which = ("random", "evolved")
    latents = [sets[f"{name}.latents"] for name in which]
    with atomic_path(run_dir / MAP) as part:
        Z = fit_umap(np.concatenate(latents), settings["random_state"])
        np.savez(part, Z=Z, which=np.repeat(which, [len(each) for each in latents]))
    return result


def study(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """The augmentation study of the image set `images`; `gan_steps`, and the others are those of `StudySettings`.

    A retry repeats no part, unless the program has changed.
    """
    from dataclasses import replace

    from core.images.gan_sets import GanSets
    from core.images.provenance import versions
    from core.images.studies import run

    fields = {name: value for name, value in settings.items() if name not in ("images", "gan_steps")}
    asked = StudySettings(**{**fields, "arms": tuple(fields["arms"])})
    maker = GanSets(
        replace(GAN_LIVE, steps=settings["gan_steps"], random_state=asked.random_state), EVOLUTION_LIVE,
        run_dir / "generators",
    )  # fmt: skip
    checkpoint = Checkpoint(run_dir, {"settings": settings, "versions": versions()})
    image_set = image_sets.read(ws, settings["images"])
    return run(
        image_set, asked, maker, run_dir, progress, dict(checkpoint.finished), checkpoint.add, ws.preference(PROCESSES)
    )


def png_archive(run_dir: Path, name: str, manifest: dict[str, Any]) -> bytes:
    """The evolved set of a finished search as a zip of PNG files in a folder of their class `name`, with a manifest.

    manifest: what it was made with; the notice and the hash of the latent vectors are added. Same input, same bytes.
    """
    from core.workspace.png_folder import png_zip

    return png_zip(*_evolved(run_dir, name, manifest))


def keep_set(run_dir: Path, name: str, manifest: dict[str, Any]) -> Path:
    """The same as a folder among the results of the search, where it stays; raises `UserError` on a full disk."""
    from core.workspace.png_folder import write_png_folder

    image_set, told = _evolved(run_dir, name, manifest)
    write_png_folder(image_set, run_dir / KEPT, told)
    return run_dir / KEPT


def kept_set(run_dir: Path) -> Path | None:
    """Where the evolved set of a search is kept; None where it is not."""
    return run_dir / KEPT if (run_dir / KEPT).is_dir() else None


def _evolved(run_dir: Path, name: str, manifest: dict[str, Any]) -> tuple[ImageSet, dict[str, Any]]:
    from core.images.evolved_set import as_image_set
    from core.images.live_view import sets_of

    sets = sets_of(run_dir)
    latents = sha256_of(sets["evolved.latents"].tobytes())
    told = {"notice": NOTICE, "synthetic": True, **manifest, "latents_sha256": latents}
    return as_image_set(sets["evolved.images"], name), told


def generator_hashes(ws: Workspace, settings: Settings) -> dict[str, str]:
    """Of the generators that a job reads."""
    files = sorted((ws.runs_dir / settings["gan"]).glob("class-*/generator.safetensors"))
    return {f"generator {file.parent.name}": sha256_of(file) for file in files}
