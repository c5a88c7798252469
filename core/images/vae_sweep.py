"""How a VAE changes with the two settings that the S3VAE paper varies: sigma of the noise layer, and K."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from core.errors import UserError
from core.images.beside_real import beside_held_out
from core.images.dataset import ImageSet
from core.images.features import Features
from core.images.prepared import Prepared, prepared
from core.images.provenance import versions
from core.images.settings import VaeSettings
from core.images.vae import Labelled, train
from core.images.vae_sampling import sample
from core.images.vae_training import N_JUDGED
from core.one_thread import one_thread
from core.parallel import Piece, Tally, gathered, open_pool
from core.progress import Stretch
from core.settings import NOTICE
from core.types import Progress, Quiet
from core.variational import PER_IMAGE

SIGMAS = (0.0, 0.1, 0.3)
KS = (0.01, 0.1, 1.0)
MEASURES = ("kid", "precision", "recall", "pair_distance", "near_copy_share")


def sweep(
    image_set: ImageSet,
    settings: VaeSettings,
    progress: Progress | None = None,
    finished: Mapping[str, Any] | None = None,
    on_result: Callable[[str, Any], None] = lambda key, result: None,
    n_processes: int | None = 0,
    sigmas: tuple[float, ...] = SIGMAS,
    Ks: tuple[float, ...] = KS,
) -> dict[str, Any]:
    """A training for each sigma with each K, all else as in `settings`, as a dict for JSON.

    finished: key -> row of an earlier attempt with the same inputs. n_processes: see `core.parallel.open_pool`. Keys:
    settings, rows (`swept`, sigma by sigma), held_out (`MEASURES` of real images that were held out: means over the
    classes). Raises `Cancelled`, `UserError` for the plan `per-image`, and what `core.images.vae.train` raises.
    """
    progress = progress or Quiet()
    if settings.plan == PER_IMAGE:
        raise UserError(
            "Networks of each image cannot be swept.",
            "None of them knows an image that was held out.",
            "Choose another sampling plan.",
        )
    data = prepared(image_set, settings.size, settings.channels, settings.random_state)
    grid = {f"sigma {sigma:g}, K {K:g}": replace(settings, sigma=sigma, K=K) for sigma in sigmas for K in Ks}
    finished, whole = finished or {}, len(grid) + 1
    n_finished = len(grid.keys() & finished.keys())
    with one_thread():
        fitting = Stretch(progress, n_finished, n_finished + 1, whole)
        features = Features.fit(data.images, data.labels, settings.random_state, fitting)
    n_classes = len(image_set.classes)

    def piece_of(key: str) -> Piece:
        return Piece(key, key, 1.0, swept, (data, n_classes, features, grid[key]))

    with open_pool(n_processes, versions) as pool:
        rows = gathered(grid, piece_of, finished, pool, Tally(progress, n_finished + 1, whole), on_result)
    held_out = [
        asdict(beside_held_out(data.of(c), data.held_out_of(c), data.held_out_of(c), features).held_out)
        for c in range(n_classes)
    ]
    return {"settings": asdict(settings), "rows": list(rows.values()), "held_out": _means(held_out)}


def sweep_csv(result: Mapping[str, Any]) -> str:
    """A row a training, with the notice in a column."""
    import pandas as pd

    return pd.DataFrame(result["rows"]).assign(notice=NOTICE).to_csv(index=False)


def swept(
    data: Prepared, n_classes: int, features: Features, settings: VaeSettings, progress: Progress | None = None
) -> dict[str, Any]:
    """One training. Keys: sigma, K, step, n_active, reconstruction (of held-out images: sum of squared errors of an
    image) and `MEASURES` of images drawn from the posteriors, means over the classes."""
    with one_thread(), TemporaryDirectory() as folder:
        vae = train(Labelled(data.images, data.labels), n_classes, settings, progress, Path(folder))
        measured = []
        for label in range(n_classes):
            made = sample(vae, data.of(label), label, N_JUDGED, settings.random_state)
            measured.append(asdict(beside_held_out(data.of(label), data.held_out_of(label), made, features).synthetic))
        made = vae.reconstructed(data.held_out, data.held_out_labels, progress=progress)
        error = np.square(made - data.held_out)
    return {
        "sigma": settings.sigma, "K": settings.K, "step": vae.step, "n_active": vae.n_active,
        "reconstruction": float(error.sum(axis=(1, 2, 3)).mean()), **_means(measured),
    }  # fmt: skip


def _means(measured: list[dict[str, Any]]) -> dict[str, float | None]:
    """Over the classes in which there is a number."""
    known = {name: [each[name] for each in measured if each[name] is not None] for name in MEASURES}
    return {name: float(np.mean(values)) if values else None for name, values in known.items()}
