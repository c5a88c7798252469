"""What each kind of job of the S3VAE page does, fed from the workspace and kept in its run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.files import atomic_path
from core.images.settings import VaeSettings
from core.parallel import Piece, Tally, outcomes
from core.parallel.processes import Processes
from core.progress import Stretch
from core.types import Progress
from core.workspace import image_sets
from core.workspace.checkpoint import Checkpoint
from core.workspace.extraction import PROCESSES
from core.workspace.store import Workspace

if TYPE_CHECKING:
    import numpy as np

Settings = dict[str, Any]

MAP = "codes_map.npz"
_MAP_SHARE = 0.1
"""Of the whole work, about."""
MOST_MAPPED = 1_000
"""Images of the latent map; of more, so many spread over them all."""


def vae(ws: Workspace, settings: Settings, progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Train a VAE of the image set `images`; the other settings are those of `VaeSettings`.

    Beside what `train_vae` keeps, a map of the posterior means in `MAP`: Z (n, 2) and labels (n,).
    """
    from core.images.vae_training import train_vae
    from core.images.vae_view import codes_of

    chosen = _chosen(settings)
    before_map = Stretch(progress, 0, 1 - _MAP_SHARE, 1)
    result = train_vae(image_sets.read(ws, settings["images"]), chosen, run_dir, before_map)
    codes = codes_of(run_dir)
    if codes is not None:
        _map(*codes, chosen.random_state, run_dir, Stretch(progress, 1 - _MAP_SHARE, 1, 1))
    return result


def _map(means: np.ndarray, labels: np.ndarray, random_state: int, run_dir: Path, progress: Progress) -> None:
    """In a process of its own, which a cancel ends at once: UMAP looks up from its work for nobody."""
    import numpy as np

    shown = np.unique(np.linspace(0, len(means) - 1, MOST_MAPPED).round().astype(int))
    piece = Piece("map", "Mapping the codes", 1.0, _umap, (means[shown], random_state))
    with Processes(1) as pool:
        for _, Z in outcomes(iter([piece]), pool, Tally(progress, 0, 1)):
            with atomic_path(run_dir / MAP) as part:
                np.savez(part, Z=Z, labels=labels[shown])


def _umap(means: np.ndarray, random_state: int, progress: Progress) -> np.ndarray:
    from core.latent.projection import fit_umap

    return fit_umap(means, random_state)


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
