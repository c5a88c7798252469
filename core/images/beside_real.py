"""Every measure of synthetic images beside the same of real ones that were held out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from core.images.features import Features
from core.images.metrics import (
    K,
    Manifold,
    kid,
    near_copy_share,
    nearest_originals,
    pair_distance,
    precision_recall_density_coverage,
)


@dataclass(frozen=True)
class ImageMetrics:
    """Of n images beside the originals of their class, as `core.images.metrics` defines them.

    nearest_distance, nearest_ncc: medians over the images, of the nearest original. reasons: why a measure is None, by
    its name.
    """

    n: int
    kid: float | None
    precision: float | None
    recall: float | None
    density: float | None
    coverage: float | None
    pair_distance: float | None
    nearest_distance: float | None
    nearest_ncc: float | None
    near_copy_share: float | None
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class BesideReal:
    """The same measures of both. manifold_n: images in a set where precision to coverage were taken, alike in both."""

    synthetic: ImageMetrics
    held_out: ImageMetrics
    manifold_n: int


def beside_held_out(
    originals: np.ndarray, held_out: np.ndarray, synthetic: np.ndarray, features: Features, k: int = K
) -> BesideReal:
    """Synthetic images (m, c, s, s) and held-out real ones (h, c, s, s), both beside the originals (n, c, s, s).

    All of one class, in [0, 1], the held-out ones unknown to generator and features. Recall and coverage grow with the
    number of images, so both kinds are measured in sets of as many as the fewer of the two, the means over the sets
    being told; where too few are held out for that, the synthetic ones are measured all together.
    """
    fewer = min(len(held_out), len(synthetic))
    size = fewer if fewer > k else len(synthetic)
    return BesideReal(
        _measured(originals, synthetic, features, k, size), _measured(originals, held_out, features, k, size), size
    )


def _measured(originals: np.ndarray, images: np.ndarray, features: Features, k: int, size: int) -> ImageMetrics:
    real, made = features.of(originals), features.of(images)
    sets = [made[first : first + size] for first in range(0, len(made) - size + 1, size)] if size else []
    manifolds = [found for each in sets if (found := precision_recall_density_coverage(real, each, k)) is not None]
    nearest = nearest_originals(images, originals) if len(images) and len(originals) else None
    values: dict[str, float | None] = {
        "kid": kid(real, made),
        **{name: _mean(name, manifolds) for name in Manifold.__dataclass_fields__},
        "pair_distance": pair_distance(images),
        "nearest_distance": None if nearest is None else float(np.median(nearest.distance)),
        "nearest_ncc": None if nearest is None else float(np.median(nearest.ncc)),
        "near_copy_share": near_copy_share(images, originals),
    }
    few = f"{len(images)} images beside {len(originals)} originals are too few"
    return ImageMetrics(len(images), **values, reasons={name: few for name, value in values.items() if value is None})


def _mean(name: str, manifolds: list[Manifold]) -> float | None:
    return float(np.mean([asdict(each)[name] for each in manifolds])) if manifolds else None
