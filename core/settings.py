"""Settings of every kind of run: typed, with defaults, saved beside the result they gave."""

from __future__ import annotations

from dataclasses import dataclass

from core.variational import EIGHT_BY_EIGHT

NOTICE = "Research use only. Not a diagnostic device. A qualified clinician must interpret the results."
"""Stands on every page, report and result."""

CLASSIFIERS = ("kNN", "SVM", "random forest", "MLP", "logistic regression")
METHODS = ("none", "AGCL")
RULES = ("text", "pseudocode")
SPREADS = ("paper", "scaled", "hierarchical")
NEIGHBOURS = ("univariate", "multivariate")
SIGMAS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""The widths of Gaussian noise that the AGCL paper tries (its section V.C)."""

FEATURE_SETS = ("Table II", "all 17", "left and right", "dynamics", "automatic")
"""What a row's point is made of. left and right: the sided units twice, and the others. dynamics: how the expression
came and went. automatic: three of the 17 for each emotion, chosen on the rows that are trained on and no others."""
OPERATORS = ("gene", "vector")
"""What a genetic search crosses and resets: single numbers, as the paper does, or whole vectors."""


@dataclass(frozen=True)
class Limits:
    """What a clip or image may be at most; larger ones are refused at the door."""

    max_upload_mb: int = 500
    max_duration_s: float = 600.0
    max_megapixels: float = 40.0
    min_fps: float = 8.0
    max_fps: float = 240.0


@dataclass(frozen=True)
class AGCLSettings:
    """Artificial data point generation in clustered latent space. The recommended preset of the pages.

    alpha: synthetic points per real point of a pure cluster (eq 8). threshold: separation criterion at which a mixed
    cluster is split. n_clusters: of the root; None takes the elbow. rule, spread: see `core.latent`.
    """

    alpha: float = 7.0
    threshold: float = 0.0
    n_clusters: int | None = None
    rule: str = "text"
    spread: str = "hierarchical"


@dataclass(frozen=True)
class GaussianNoiseSettings:
    """Real rows with noise on them. sigma: in standard deviations of each feature over the cohort."""

    alpha: float = 7.0
    sigma: float = 0.1


@dataclass(frozen=True)
class KNNMTDSettings:
    """k-nearest-neighbour mega-trend diffusion. k: neighbours. neighbours: one of `NEIGHBOURS`."""

    alpha: float = 7.0
    k: int = 3
    neighbours: str = "univariate"


@dataclass(frozen=True)
class ClassGaussianSettings:
    """One normal distribution a group."""

    alpha: float = 7.0


@dataclass(frozen=True)
class SMOTESettings:
    """Rows between a row and one of its k nearest of the group."""

    alpha: float = 7.0
    k: int = 5


@dataclass(frozen=True)
class SmoothedBootstrapSettings:
    """Rows drawn again with a kernel's noise. shrinkage: factor on the kernel's width."""

    alpha: float = 7.0
    shrinkage: float = 1.0


@dataclass(frozen=True)
class ADASYNSettings:
    """SMOTE with more rows where the other groups are near. k: neighbours."""

    alpha: float = 7.0
    k: int = 5


@dataclass(frozen=True)
class KMeansSMOTESettings:
    """SMOTE inside clusters that hold enough of the group. k: neighbours; clusters: of K-means."""

    alpha: float = 7.0
    k: int = 2
    clusters: int = 8


@dataclass(frozen=True)
class GeneticSettings:
    """A genetic search, as in Table 3 of the GAN + genetic algorithm paper.

    population: individuals. elite: how many pass on unchanged. tournament: how many compete to be a parent.
    crossover: chance that two parents mix. mutation: chance of each gene, or vector, to be drawn anew.
    operators: one of `OPERATORS`.
    """

    population: int = 20
    generations: int = 500
    elite: int = 1
    tournament: int = 3
    crossover: float = 0.7
    mutation: float = 0.02
    operators: str = "gene"


@dataclass(frozen=True)
class GeneticSearchSettings:
    """A set of rows whose profiles differ as much as can be inside their group. As in `GeneticSettings`.

    gate: share of the real rows of a group that would pass as its own; the lower, the closer rows stay to them.
    """

    alpha: float = 7.0
    population: int = 20
    generations: int = 500
    elite: int = 1
    crossover: float = 0.7
    mutation: float = 0.02
    gate: float = 0.95


@dataclass(frozen=True)
class S3VAESettings:
    """A small class-conditional variational autoencoder (Chen et al. 2023). sigma and K are the paper's.

    sigma: of the noise on the features. K: weight of the KL term; anneal_steps: in which it rises from 0; free_bits:
    nats of a unit that cost nothing. plan: of `core.variational.PLANS`. steps: of training.
    """

    alpha: float = 7.0
    sigma: float = 0.1
    K: float = 0.1
    plan: str = EIGHT_BY_EIGHT
    anneal_steps: int = 0
    free_bits: float = 0.0
    steps: int = 300


@dataclass(frozen=True)
class DuplicationSettings:
    """Copies: the control."""

    alpha: float = 7.0


SamplerSettings = (
    AGCLSettings
    | GaussianNoiseSettings
    | KNNMTDSettings
    | ClassGaussianSettings
    | SMOTESettings
    | SmoothedBootstrapSettings
    | ADASYNSettings
    | KMeansSMOTESettings
    | GeneticSearchSettings
    | S3VAESettings
    | DuplicationSettings
)
SAMPLERS: dict[str, type[SamplerSettings]] = {
    "AGCL": AGCLSettings,
    "Gaussian noise": GaussianNoiseSettings,
    "kNNMTD": KNNMTDSettings,
    "class Gaussian": ClassGaussianSettings,
    "SMOTE": SMOTESettings,
    "smoothed bootstrap": SmoothedBootstrapSettings,
    "ADASYN": ADASYNSettings,
    "KMeansSMOTE": KMeansSMOTESettings,
    "genetic search": GeneticSearchSettings,
    "S3VAE": S3VAESettings,
    "duplication": DuplicationSettings,
}
"""Every method that adds synthetic rows, by its name. alpha, in all of them: synthetic rows per real row of a group."""

MATCHED = "size-matched "
"""Before the name of a method: m-fold rows are met by m times the neighbours or a penalty m times as strong."""


@dataclass(frozen=True)
class ScreeningSettings:
    """How fold models are trained for a screening. method: one of `METHODS`; features: one of `FEATURE_SETS`."""

    classifier: str = "logistic regression"
    method: str = "none"
    features: str = "Table II"
    agcl: AGCLSettings = AGCLSettings()
    n_folds: int = 25
    random_state: int = 0


@dataclass(frozen=True)
class ValidationSettings:
    """Both protocols for every method with every classifier.

    classifiers: of `CLASSIFIERS`. methods: names in `SAMPLERS`, each also after `MATCHED`; no augmentation is always
    compared with. rule, spread: of AGCL. alphas, n_thresholds: what the paper's protocol tries, nested validation a
    part of it.
    """

    classifiers: tuple[str, ...] = ("kNN",)
    methods: tuple[str, ...] = ("AGCL",)
    features: str = "Table II"
    rule: str = "text"
    spread: str = "paper"
    alphas: tuple[float, ...] = (2, 7, 12, 17, 22, 27, 32, 37, 42, 47, 52, 57)
    n_thresholds: int = 8
    n_folds: int = 25
    test_share: float = 0.25
    random_state: int = 0
