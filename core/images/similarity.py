"""How alike images are to the centroid of their set: equations 1 to 4 of Fernandes, Correia and Machado (2020).

Images are vectors of their d pixels, in leading axes as many sets as there are: images (…, q, d), centroid (…, d). The
higher, the more alike, for each of the three; the supervisor seeks the lowest mean. An image without a length, black or
for `zncc` all of one grey, has no direction to differ in: it counts like a copy of the centroid.

Equation 4 as printed is Σ(A − B)² / √(ΣA² · ΣB²) = |A|/|B| + |B|/|A| − 2 · NCC(A, B): a difference, 0 for equal images,
whose minimum is a set of copies of the centroid. The paper minimises, wants diversity, and shows values of 0.99 to 1
(its Figure 4), which are those of the true normalised cross-correlation, `ncc`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.images.settings import SIMILARITIES

_BLOCK = 512


def centroid(images: np.ndarray, originals: np.ndarray) -> np.ndarray:
    """C (…, d) of each set: the mean of its images (…, q, d) and of the originals (n, d) together (equations 1, 2)."""
    return (images.sum(axis=-2) + originals.sum(axis=0)) / (images.shape[-2] + len(originals))


def ncc(images: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """(…, q) normalised cross-correlation Σ(A ⊙ C) / √(ΣA² · ΣC²), 0 to 1 for images: the cosine of their angle.

    It sees no brightness, only the pattern; where images share a light background all of it lies close to 1.
    """
    lengths, centre_length = _lengths(images), _lengths(centre)
    return _cosine(images, centre, lengths * centre_length[..., None])


def zncc(images: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """(…, q) `ncc` of images and centroid less the mean of each over its pixels, −1 to 1: Pearson's correlation.

    A background that all share no longer counts, so it tells images apart better.
    """
    return ncc(images - images.mean(axis=-1, keepdims=True), centre - centre.mean(axis=-1, keepdims=True))


def eq4(images: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """(…, q) equation 4 with its direction put right: 2 · NCC − |A|/|C| − |C|/|A|, at most 0.

    It is the printed value with its sign changed, so that, like the others, it is highest for a copy of the centroid
    and a search for the lowest mean makes sets diverse; taken as printed, the search makes them less so. Unlike the
    others it sees brightness, and has no lower limit: very dark images are the furthest from any centroid.
    """
    lengths, centre_length = _lengths(images), _lengths(centre)[..., None]
    product = lengths * centre_length
    cosine = _cosine(images, centre, product)
    squares = lengths**2 + centre_length**2
    return 2 * cosine - np.divide(squares, product, out=np.full_like(product, 2.0), where=product > 0)


MEASURES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = dict(
    zip(SIMILARITIES, (ncc, zncc, eq4), strict=True)
)


def _inner(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Sums (…) over the pixels of products (…, d): in one go single precision loses 1e-5 of them in a large image."""
    blocks = [slice(first, first + _BLOCK) for first in range(0, one.shape[-1], _BLOCK)]
    return np.sum([np.einsum("...d,...d->...", one[..., at], other[..., at]) for at in blocks], axis=0, dtype=float)


def _lengths(vectors: np.ndarray) -> np.ndarray:
    return np.sqrt(_inner(vectors, vectors))


def _cosine(images: np.ndarray, centre: np.ndarray, product: np.ndarray) -> np.ndarray:
    inner = _inner(images, centre[..., None, :])
    return np.divide(inner, product, out=np.ones_like(product), where=product > 0)
