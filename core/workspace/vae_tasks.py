"""What each kind of job of the S3VAE page does, fed from the workspace and kept in its run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.files import atomic_path
from core.images.settings import VaeSettings
from core.types import Progress, check_cancelled
from core.workspace import image_sets
from core.workspace.checkpoint import Checkpoint
from core.workspace.extraction import PROCESSES
from core.workspace.store import Workspace

Settings = dict[str, Any]

MAP = "codes_map.npz"
MOST_MAPPED = 1_000
"""Images of the latent map; of more, so many spread over them all."""


def vae(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Train a VAE of the image set `images`; the other settings are those of `VaeSettings`.

    Beside what `train_vae` keeps, a map of the posterior means in `MAP`: Z (n, 2) and labels (n,).
    """
    import numpy as np

    from core.images.vae_training import train_vae
    from core.images.vae_view import codes_of
    from core.latent.projection import fit_umap

    chosen = _chosen(settings)
    result = train_vae(image_sets.read(ws, settings["images"]), chosen, run_dir, progress)
    codes = codes_of(run_dir)
    if codes is not None:
        check_cancelled(progress)
        means, labels = codes
        shown = np.unique(np.linspace(0, len(means) - 1, MOST_MAPPED).round().astype(int))
        Z = fit_umap(means[shown], chosen.random_state)
        with atomic_path(run_dir / MAP) as part:
            np.savez(part, Z=Z, labels=labels[shown])
    return result


def vae_sweep(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """A training for each sigma with each K on the image set `images`; a retry repeats none of them.

    The other settings are those of `VaeSettings`.
    """
    from core.images.provenance import versions
    from core.images.vae_sweep import sweep

    checkpoint = Checkpoint(run_dir, {"settings": settings, "versions": versions()})
    image_set = image_sets.read(ws, settings["images"])
    return sweep(
        image_set, _chosen(settings), progress, dict(checkpoint.finished), checkpoint.add, ws.preference(PROCESSES)
    )


def _chosen(settings: Settings) -> VaeSettings:
    return VaeSettings(**{name: value for name, value in settings.items() if name != "images"})
