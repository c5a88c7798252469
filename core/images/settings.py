"""Settings of the image space: generators, the search for a diverse set, and the studies that ask whether it helps."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    combinations. check_every: steps from one look at the images, and checkpoint, to the next. patience: looks
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


OPTIMIZERS = ("Adam", "SGD")


@dataclass(frozen=True)
class Schedule:
    """How an image classifier is trained.

    optimizer: of `OPTIMIZERS`. momentum: of SGD, and the first beta of Adam. decay_rate: step t, from 0, learns with
    learning_rate / (1 + decay_rate · t). batch: images of a step. patience: epochs without a validation accuracy that
    is better by more than min_gain, after which the training ends; None: it never ends early.
    """

    optimizer: str = "Adam"
    learning_rate: float = 2e-4
    momentum: float = 0.5
    decay_rate: float = 0.0
    batch: int = 32
    min_gain: float = 0.01
    patience: int | None = None


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

FULL, DISCARD, DUPLICATE = "full", "discard", "duplicate"
REFILLED = (S3VAE, DUPLICATE, C_VAE, CLASSIC)
DISCARD_ARMS = (FULL, DISCARD, *REFILLED)
"""What the discard study trains on: every image, those left, or those left and so many others as were discarded."""


@dataclass(frozen=True)
class DiscardSettings:
    """The discard study, as section 3.2 of the S3VAE paper (Chen et al. 2023). The defaults are its values.

    rates: shares of a class that are discarded. discarded: label of the one class that loses images; None: each loses
    them. arms: of `DISCARD_ARMS`, with `FULL` and `DISCARD` among them. network: one of `NETWORKS`. epochs: at most.
    optimizer to patience: see `Schedule`. n_repeats: of everything but the split. n_train: images of each class to
    train on; the others are tested on. size_px, channels: of the images. classes: how many, the first ones; None for
    all. vae_steps: of each VAE, at most. n_layers, K, sigma: see `VaeSettings`.

    The paper's Table 3 gives a momentum without an optimiser, which is SGD's, and .01 for early stopping without a
    patience: 10 epochs are ours.
    """

    rates: tuple[float, ...] = (0.6, 0.8, 0.9, 0.95, 0.975)
    discarded: int | None = 0
    arms: tuple[str, ...] = DISCARD_ARMS
    network: str = "ResNet-18"
    epochs: int = 200
    optimizer: str = "SGD"
    learning_rate: float = 1e-4
    momentum: float = 0.9
    decay_rate: float = 1e-3
    batch: int = 64
    min_gain: float = 0.01
    patience: int = 10
    n_repeats: int = 5
    n_train: int = 500
    size_px: int = 256
    channels: int = 3
    classes: int | None = None
    vae_steps: int = 2_000
    n_layers: int = 5
    K: float = 0.1
    sigma: float = 0.1
    random_state: int = 0

    @property
    def schedule(self) -> Schedule:
        return Schedule(
            self.optimizer, self.learning_rate, self.momentum, self.decay_rate, self.batch, self.min_gain, self.patience
        )

    @property
    def vaes(self) -> dict[str, VaeSettings]:
        """Of the VAEs among the arms, by arm; the noise is the S3VAE's alone."""
        return {
            arm: replace(
                VAES[arm], size=self.size_px, channels=self.channels, n_layers=self.n_layers, K=self.K,
                sigma=self.sigma if arm == S3VAE else VAES[arm].sigma, steps=self.vae_steps,
                random_state=self.random_state,
            )
            for arm in self.arms
            if arm in VAES
        }  # fmt: skip


DISCARD_PAPER = DiscardSettings()
DISCARD_LIVE = DiscardSettings(
    rates=(0.8, 0.95), network="small CNN", epochs=60, optimizer="Adam", learning_rate=1e-3, batch=32, n_train=40,
    size_px=16, channels=1, classes=10, vae_steps=600,
)  # fmt: skip
"""Minutes for the built-in digits on two cores: with SGD at the paper's rate nothing is learnt in so few steps."""

LIVE, PAPER = "live", "paper"
GANS = {LIVE: GAN_LIVE, PAPER: GAN_PAPER}
EVOLUTIONS = {LIVE: EVOLUTION_LIVE, PAPER: EVOLUTION_PAPER}
STUDIES = {LIVE: STUDY_LIVE, PAPER: STUDY_PAPER}
DISCARDS = {LIVE: DISCARD_LIVE, PAPER: DISCARD_PAPER}
"""Of each: quick settings, and those of the paper."""
