"""New images of a class from a trained VAE: around its real images, from the prior, or from a Gaussian mixture."""

from __future__ import annotations

import numpy as np

from core.errors import UserError
from core.images.settings import POSTERIOR, PRIOR, SOURCES
from core.images.trained_vae import TrainedVae
from core.rng import dealt, derived_seed, generator

N_COMPONENTS = 4
"""Of the mixture at most, and at most one for every `IMAGES_A_COMPONENT` images."""
IMAGES_A_COMPONENT = 8
DRAWS_AN_IMAGE = 16


def sample(
    vae: TrainedVae,
    images: np.ndarray,
    label: int,
    n: int,
    random_state: int,
    source: str = POSTERIOR,
    networks: np.ndarray | None = None,
) -> np.ndarray:
    """n images (n, c, s, s) float32 in [0, 1] of the class `label`, made beside its real images (m, c, s, s).

    posterior: each real image as often as any other, with the noise layer working as in training. prior and mixture:
    z comes from no image, so that the noise layer, which lies before z, has no part. networks: (m,) the number of each
    real image among those that were trained on, with a network of each; there are only posteriors then. Raises
    `UserError` where there is no real image to draw around, or the source cannot be; `ValueError` for an unknown one,
    and with a network of each image where `networks` is missing.
    """
    if source not in SOURCES:
        raise ValueError(f"source must be one of {SOURCES}, not {source!r}")
    if vae.of_each and source != POSTERIOR:
        raise _nothing_shared(f"nothing can be drawn from the {source}", "Draw from the posterior, or choose")
    if vae.of_each and networks is None:
        raise ValueError("networks must say whose network is which")
    if source != PRIOR and not len(images):
        raise UserError("There is no image to draw around.", "The class is empty.", "Draw from the prior.")
    rng = generator(random_state, "VAE sample", label)
    labels = np.full(n, label)
    if source == PRIOR:
        return vae.decode(rng.standard_normal((n, vae.settings.latent), np.float32), labels)
    if source == POSTERIOR:
        chosen = dealt(len(images), n, rng)
        own = None if networks is None else networks[chosen]
        return redrawn(vae, images[chosen], labels, rng, own)
    return vae.decode(_of_mixture(vae, images, label, n, random_state, rng), labels)


def redrawn(
    vae: TrainedVae,
    images: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
    networks: np.ndarray | None = None,
) -> np.ndarray:
    """One new image (n, c, s, s) drawn from the posterior of each of the images (n, c, s, s) of classes (n,)."""
    return vae.decode(_drawn(vae, images, labels, networks, rng), labels, networks)


def _drawn(
    vae: TrainedVae, images: np.ndarray, labels: np.ndarray, networks: np.ndarray | None, rng: np.random.Generator
) -> np.ndarray:
    mean, sd = vae.code(images, labels, networks, rng)
    return mean + sd * rng.standard_normal(mean.shape, np.float32)


def _of_mixture(
    vae: TrainedVae, images: np.ndarray, label: int, n: int, random_state: int, rng: np.random.Generator
) -> np.ndarray:
    from sklearn.mixture import GaussianMixture

    labels = np.full(len(images), label)
    z = np.concatenate([_drawn(vae, images, labels, None, rng) for _ in range(DRAWS_AN_IMAGE)])
    n_components = max(1, min(N_COMPONENTS, len(images) // IMAGES_A_COMPONENT))
    seed = derived_seed(random_state, "VAE mixture", label)
    mixture = GaussianMixture(n_components, covariance_type="diag", random_state=seed).fit(z)
    return rng.permutation(mixture.sample(n)[0]).astype(np.float32) if n else z[:0]


def interpolated(vae: TrainedVae, pair: np.ndarray, labels: tuple[int, int], shares: np.ndarray) -> np.ndarray:
    """(k, c, s, s): the images `shares` (k,), 0 to 1, of the way in z from one of pair (2, c, s, s) to the other.

    The class told to the network is that of the nearer one. Raises `UserError` with a network of each image.
    """
    if vae.of_each:
        raise _nothing_shared("there is nothing between two images", "Choose")
    mean, _ = vae.code(pair, np.array(labels))
    share = np.asarray(shares, np.float32)[:, None]
    return vae.decode((1 - share) * mean[:1] + share * mean[1:], np.where(share[:, 0] > 0.5, labels[1], labels[0]))


def _nothing_shared(what: str, remedy: str) -> UserError:
    return UserError(
        f"With a network of each image {what}.",
        "Each network knows one image, and there is no space that they share.",
        f"{remedy} another sampling plan.",
    )
