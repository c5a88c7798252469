"""Do synthetic images look like the originals, do they spread as these do, and are they more than copies of them?

Features are rows (n, k) as `core.images.features` gives them; images are (n, c, s, s) or any (n, …) of numbers 0 to 1.
What a set is too small for is None, never NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

K = 3
"""Neighbours that reach the edge of a ball, as Kynkäänniemi et al. 2019 take them."""
NEAR = 0.5
"""An image nearer than this share of the usual distance between originals is a near-copy of one."""


def kid(a: np.ndarray, b: np.ndarray) -> float | None:
    """Kernel distance of features a (n, k) and b (m, k), 0 in the mean for two draws from one source; or None below 2.

    The unbiased squared maximum mean discrepancy with the cubic kernel (Bińkowski et al. 2018, eqs 3 and 4):

        k(x, y) = (x·y / k + 1)³        kid = mean k(aᵢ, aⱼ≠ᵢ) + mean k(bᵢ, bⱼ≠ᵢ) - 2 mean k(aᵢ, bⱼ)

    It can be below 0, as far as chance takes it. Papers report a thousand times the value in features of Inception,
    which are small; ours have standard deviation 1 over the originals, so that no factor is needed, and numbers of
    papers do not compare with it. To read it, 40 normal sperm heads at 32 px beside: others of them -0.1 to 0.1, other
    classes 1.9 to 6, themselves blurred by a Gaussian of 1 px 3 to 7, their mean image 4 to 7. At 3 images are thus
    about as far as those of another class: poor.
    """
    if min(len(a), len(b)) < 2:
        return None
    return _mean_of_others(_cubic(a, a)) + _mean_of_others(_cubic(b, b)) - 2 * float(_cubic(a, b).mean())


def _cubic(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray((a @ b.T / a.shape[1] + 1.0) ** 3)


def _mean_of_others(kernel: np.ndarray) -> float:
    n = len(kernel)
    return float(kernel.sum() - np.trace(kernel)) / (n * (n - 1))


@dataclass(frozen=True)
class Manifold:
    """precision: share of the made images that look real. recall: share of the real ones that could have been made.

    density: like precision, but counting every ball, which one outlier cannot fill; about 1 for real images, and may be
    more. coverage: share of the real images with a made one near them.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def precision_recall_density_coverage(real: np.ndarray, fake: np.ndarray, k: int = K) -> Manifold | None:
    """Of features real (n, d) and fake (m, d); None unless both are more than k.

    B(x) is the ball about x that reaches to its k-th nearest neighbour in its own set, the edge included:

        precision = share of fake in any B(real)        recall   = share of real in any B(fake)
        density   = mean number of B(real) a fake is in / k      coverage = share of B(real) with a fake in it

    Precision and recall: Kynkäänniemi et al. 2019, eqs 1 to 3; density and coverage: Naeem et al. 2020, eqs 3 and 4.
    Recall and coverage grow with m: compare sets of the same number.
    """
    from scipy.spatial.distance import cdist

    if min(len(real), len(fake)) <= k:
        return None
    apart = cdist(real, fake)
    in_real = apart <= _radii(real, k)[:, None]
    in_fake = apart <= _radii(fake, k)[None, :]
    return Manifold(
        float(in_real.any(axis=0).mean()),
        float(in_fake.any(axis=1).mean()),
        float(in_real.sum(axis=0).mean() / k),
        float(in_real.any(axis=1).mean()),
    )


def _radii(rows: np.ndarray, k: int) -> np.ndarray:
    from scipy.spatial.distance import cdist

    return np.asarray(np.partition(cdist(rows, rows), k, axis=1)[:, k])  # the 0-th is the row itself


def ncc(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(m, n) normalised cross-correlation Σ a⊙b / √(Σ a⊙a · Σ b⊙b) of images a (m, …), b (n, …); 0 for black ones."""
    a, b = _flat(a), _flat(b)
    norms = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)[None, :]
    return np.divide(a @ b.T, norms, out=np.zeros_like(norms), where=norms > 0)


def pair_distance(images: np.ndarray) -> float | None:
    """Mean Euclidean distance over the pairs of images (n, …), all pixels together: their diversity; None below 2."""
    from scipy.spatial.distance import pdist

    return float(pdist(_flat(images)).mean()) if len(images) > 1 else None


@dataclass(frozen=True, eq=False)
class Nearest:
    """The original nearest to each of m images. index: (m,). distance: (m,) Euclidean. ncc: (m,) with that original."""

    index: np.ndarray
    distance: np.ndarray
    ncc: np.ndarray


def nearest_originals(images: np.ndarray, originals: np.ndarray) -> Nearest:
    """Of images (m, …) among originals (n, …), at least one, by pixels."""
    from scipy.spatial.distance import cdist

    apart = cdist(_flat(images), _flat(originals))
    index = apart.argmin(axis=1)
    rows = np.arange(len(images))
    return Nearest(index, apart[rows, index], ncc(images, originals)[rows, index])


def near_copy_share(images: np.ndarray, originals: np.ndarray) -> float | None:
    """Share of images (m, …) nearer to an original (n, …) than `NEAR` times the usual distance between originals.

    That is the median over the originals of the distance to the nearest other one. None without images or below 2
    originals.
    """
    from scipy.spatial.distance import cdist

    if not len(images) or len(originals) < 2:
        return None
    between = cdist(_flat(originals), _flat(originals))
    np.fill_diagonal(between, np.inf)
    usual = np.median(between.min(axis=1))
    return float(np.mean(nearest_originals(images, originals).distance <= NEAR * usual))


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float64)
