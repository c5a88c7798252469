"""Settings of the image space: generators, the search for a diverse set, and the study that asks whether it helps."""

from __future__ import annotations

from dataclasses import dataclass

from core.settings import GeneticSettings
from core.variational import BATCH, EIGHT_BY_EIGHT

MIN_CLASSES, MIN_IMAGES = 2, 8
"""An image set of fewer classes, or with fewer images of a class, is refused."""

GAN_NORMS = ("group", "batch")
SIMILARITIES = ("ncc", "zncc", "eq4")
"""How alike an image and a centroid are; `core.images.similarity` has one function for each."""


@dataclass(frozen=True)
class GanSettings:
    """A DCGAN of the images of one class, as in Table 2 of the GAN + genetic algorithm paper. The recommended preset.

    size: side in px; channels: 1 or 3. norm: one of `GAN_NORMS`. ema: share of its old weights that the averaged
    generator keeps at a step; None: images come from the trained generator itself. beta1, beta2: of Adam. steps:
    batches that each network is trained on. check_every: steps from one measurement of the KID, and checkpoint, to the
    next.
    """

    size: int = 32
    channels: int = 1
    latent: int = 100
    norm: str = "group"
    ema: float | None = 0.99
    learning_rate: float = 2e-4
    beta1: float = 0.5
    beta2: float = 0.999
    batch: int = 32
    steps: int = 2_500
    check_every: int = 100
    random_state: int = 0


GAN_LIVE = GanSettings()
"""About 80 CPU-s for a class at 32 px."""
GAN_PAPER = GanSettings(size=132, norm="batch", ema=None, steps=20_000)
"""The paper's recipe. Its 10,000 epochs of 40 images are 20,000 steps: 40 images are a batch of 32 and a rest."""


@dataclass(frozen=True)
class EvolutionSettings(GeneticSettings):
    """A set of generated images that are as little alike as can be, inside their class.

    similarity: one of `SIMILARITIES`. n_images: of a set. latent: numbers that the generator makes one image from.
    gate: images that a classifier is not sure of count as alike.
    """

    similarity: str = "ncc"
    n_images: int = 40
    latent: int = 100
    gate: bool = True


EVOLUTION_PAPER = EvolutionSettings(gate=False)
"""Table 3 of the paper, which knows no gate, and its sets of 40 images (section 4.5)."""
EVOLUTION_LIVE = EvolutionSettings(generations=150, operators="vector")
"""Minutes in place of hours: images whose vectors did not change are not decoded again."""


@dataclass(frozen=True)
class VaeSettings:
    """A VAE of all classes of an image set at once, told the class (Chen et al. 2023). The defaults are the S3VAE's.

    size: side in px, 16 to 256; channels: 1 or 3. n_layers: L, coding layers and decoding layers, 1 to 7. latent:
    units. sigma: of the Gaussian noise layer, 0 for none. K: weight of the KL term; anneal_steps: during which it rises
    from 0; free_bits: nats of a unit that cost nothing. plan: of `core.variational.PLANS`. steps: at most, each of 64
    combinations. check_every: steps from one look at the held-out images, and checkpoint, to the next. patience: looks
    without a better loss, by more than `tolerance` of it, after which the training ends.
    """

    size: int = 32
    channels: int = 1
    n_layers: int = 5
    latent: int = 32
    sigma: float = 0.1
    K: float = 0.1
    anneal_steps: int = 0
    free_bits: float = 0.0
    plan: str = EIGHT_BY_EIGHT
    learning_rate: float = 1e-3
    steps: int = 2_000
    check_every: int = 100
    patience: int = 5
    tolerance: float = 0.01
    random_state: int = 0


POSTERIOR, PRIOR, MIXTURE = "posterior", "prior", "mixture"
SOURCES = (POSTERIOR, PRIOR, MIXTURE)
"""Where the latents of new images come from: the posteriors of real images, N(0, I), or a Gaussian mixture fitted to
draws from the posteriors."""

S3VAE, C_VAE = "S3VAE", "C-VAE"
VAES = {S3VAE: VaeSettings(), C_VAE: VaeSettings(sigma=0.0, plan=BATCH)}
"""The paper's method, and the same network without what is its own: no noise layer, 64 different images a step."""


NETWORK_SIDES_PX = {"small CNN": (16, 132), "ResNet-18": (32, 256)}
"""Image classifier -> the least and the greatest side of its images."""
NETWORKS = tuple(NETWORK_SIDES_PX)
ORIGINAL, RANDOM_SET, EVOLVED_SET = "original", "random GAN set", "evolved set"
CLASSIC, COPIES = "classic augmentation", "duplication"
ARMS = (ORIGINAL, RANDOM_SET, EVOLVED_SET, CLASSIC, COPIES)
"""What the augmentation study trains on: the originals alone, or twice as many images an epoch."""


@dataclass(frozen=True)
class StudySettings:
    """The augmentation study, as section 4 of the GAN + genetic algorithm paper.

    network: one of `NETWORKS`. epochs: of each fold model. n_seeds: repeats of everything but the split. n_train:
    originals of each class to train on; the others are tested on. arms: of `ARMS`, with `ORIGINAL` among them. size_px,
    channels: of the images. classes: how many of the classes, the first ones; None for all.
    """

    network: str = "small CNN"
    epochs: int = 250
    n_folds: int = 5
    n_seeds: int = 5
    n_train: int = 40
    arms: tuple[str, ...] = ARMS
    size_px: int = 132
    channels: int = 1
    classes: int | None = None
    random_state: int = 0


STUDY_PAPER = StudySettings()
STUDY_LIVE = StudySettings(epochs=100, size_px=16, classes=4)
"""Minutes for the built-in digits on two cores; at 32 px, for the paper's images, a job of about 20 minutes."""

LIVE, PAPER = "live", "paper"
GANS = {LIVE: GAN_LIVE, PAPER: GAN_PAPER}
EVOLUTIONS = {LIVE: EVOLUTION_LIVE, PAPER: EVOLUTION_PAPER}
STUDIES = {LIVE: STUDY_LIVE, PAPER: STUDY_PAPER}
"""Of each: quick settings, and those of the paper."""
