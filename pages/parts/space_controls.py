"""The controls of the AU space, under the same names on every page, so that a choice follows the reader."""

from __future__ import annotations

import streamlit as st

from core.latent.features import EVERY_EMOTION
from core.settings import (
    FEATURE_SETS,
    NEIGHBOURS,
    RULES,
    SAMPLERS,
    SIGMAS,
    SPREADS,
    ADASYNSettings,
    AGCLSettings,
    DuplicationSettings,
    GaussianNoiseSettings,
    GeneticSearchSettings,
    KMeansSMOTESettings,
    KNNMTDSettings,
    S3VAESettings,
    SamplerSettings,
    SmoothedBootstrapSettings,
    SMOTESettings,
)
from core.types import EMOTIONS
from core.variational import PLANS
from pages.parts import charts, state
from pages.parts.space import Choice

ELBOW = "elbow"
CLUSTER_COUNTS = (ELBOW, *(str(k) for k in range(2, 13)))
PRESET = AGCLSettings()
HALF_PX = 119
"""Width of a control that shares a line of the narrow column with another."""
THRESHOLD_HELP = (
    "A mixed cluster is split when its separation criterion SC reaches the threshold: at 0 everything is split "
    "until it is pure, at 1 K-means runs once."
)
RULE_HELP = (
    "The paper contradicts itself. **text**: split where SC ≥ threshold, never at 1, as its text says. **pseudocode**: "
    "split where SC < threshold, as its Algorithm 1 says. The text is the default."
)
SPREAD_HELP = (
    "How far synthetic rows lie from the centre of their cluster. **paper**: the published radius on every axis, which "
    "sends many rows off the scale, where they are clipped. **scaled**: that radius divided by √d. **hierarchical**: a "
    "variance for each AU, drawn towards that of the group; recommended, with threshold 0."
)
ALPHA_HELP = "Synthetic rows for each real row of a pure cluster."


NONE = "none"
METHOD_WORDS = {
    "AGCL": "Points drawn around the clusters that hold one group only.",
    "Gaussian noise": "Real rows with noise of one width on every action unit.",
    "kNNMTD": "Around each row, values that its nearest neighbours make plausible (mega-trend diffusion).",
    "class Gaussian": "One normal distribution a group: its means, and how its action units go together.",
    "SMOTE": "Points on the lines between a row and its nearest neighbours of the group.",
    "smoothed bootstrap": "Real rows drawn again, with noise of a width that follows each unit's own spread.",
    "ADASYN": "SMOTE with more points around the rows that have many of the other group near.",
    "KMeansSMOTE": "SMOTE inside clusters that hold enough of the group, with more points in sparse ones.",
    "genetic search": "A set of points bred until their profiles differ as much as can be, each inside its group.",
    "S3VAE": "A small network learns to describe rows by a few numbers, and makes each new row from one real row.",
    "duplication": "Copies of real rows. They add nothing: what a model seems to gain by them is no gain.",
    NONE: "No synthetic rows: the real rows alone, against which every method is measured.",
}
"""One sentence for each way to synthetic rows."""

GATE_HELP = (
    "A point counts only if it lies as close to its group, and as far from the other one, as this share of the real "
    "people of the group do. The lower, the closer points stay to real people."
)
NEIGHBOURS_HELP = (
    "Two versions were published. **univariate** (2022): each action unit by itself. **multivariate** (2025): whole "
    "rows; with many units it often finds nothing plausible and copies the real row."
)
PLAN_HELP = (
    "What one step of training learns from: **batch** 64 different rows, an ordinary VAE; **8x8** 8 rows, each drawn 8 "
    "times; **1x64** one row 64 times, as the paper words it; **per-image** a network a row, which knows no other "
    "and copies it: half a minute for 100 rows, and no more are taken."
)
KL_WEIGHTS = (0.0, 0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
K_HELP = (
    "Weight of the KL term, in the paper 0.1. The larger, the farther new rows lie from the real ones they were made "
    "from and the nearer to the middle of their group. Far up the posterior collapses: latent units tell no row from "
    "another, and all new rows are that middle."
)
SIGMA_HELP = "Of the noise on what the network sees in a row, from −1 to 1; in the paper 0.1. It matters little."
ANNEAL_HELP = "K rises from 0 during these first steps of training, of 300, so that units are in use before they cost."
FREE_BITS_HELP = "What each latent unit may tell of a row, in nats, at no cost: a remedy for collapse."


def emotion_and_features(everything: bool = False) -> tuple[str, str]:
    """Which emotion, in which AUs. everything: offer all emotions on one map."""
    together = everything and st.session_state.get("all_emotions", False)
    with st.container(horizontal=True):  # on a tablet they stand below each other
        emotion = st.selectbox("Emotion", EMOTIONS, width=HALF_PX, disabled=together, **state.shared("emotion"))
        features = st.selectbox("Action units", FEATURE_SETS, width=HALF_PX, **state.shared("features"))
    if everything and st.toggle("Every emotion on one map", **state.shared("all_emotions")):
        return EVERY_EMOTION, features
    return emotion, features


def choose_tree(everything: bool = False) -> tuple[Choice, float]:
    """Emotion, AUs, k and rule of the tree, and the threshold that cuts it. everything: see `emotion_and_features`."""
    return choose_cut(*emotion_and_features(everything))


def choose_cut(emotion: str, features: str) -> tuple[Choice, float]:
    """k and rule of the tree of an emotion in these AUs, and the threshold that cuts it."""
    k = st.select_slider("Clusters of the first K-means (k)", CLUSTER_COUNTS, ELBOW, **state.shared("k"))
    rule = state.one_of("Rule", RULES, PRESET.rule, "rule", help=RULE_HELP)
    threshold = st.slider("Threshold on SC", 0.0, 1.0, PRESET.threshold, 0.01, help=THRESHOLD_HELP,
                          **state.shared("threshold"))  # fmt: skip
    return Choice(emotion, features, None if k == ELBOW else int(k), rule), threshold


def choose_alpha() -> float:
    return float(st.slider("Synthetic rows per real row (α)", 0, 57, int(PRESET.alpha), help=ALPHA_HELP,
                           **state.shared("alpha")))  # fmt: skip


def choose_spread() -> str:
    return state.one_of("Spread", SPREADS, "hierarchical", "spread", help=SPREAD_HELP)


def choose_synthetic(choice: Choice, threshold: float) -> tuple[str, SamplerSettings]:
    """A method and what it is asked for, for the tree of `choice`."""
    method = st.selectbox("Synthetic rows", (*SAMPLERS, NONE), **state.shared("method"))
    if method == "AGCL":
        return method, AGCLSettings(choose_alpha(), threshold, choice.n_clusters, choice.rule, choose_spread())
    return method, DuplicationSettings(alpha=0) if method == NONE else choose_sampler(method)


def choose_looks(choice: Choice) -> tuple[str, str]:
    """What colour and shape tell on the map; the emotion only where there are several."""
    together = choice.emotion == EVERY_EMOTION
    with_emotion = [[name for name in names if together or name != "emotion"]
                    for names in (charts.COLOURS, charts.SHAPES)]  # fmt: skip
    return (
        st.selectbox("Colour", with_emotion[0], width=HALF_PX, **state.shared("colour")),
        st.selectbox("Shape", with_emotion[1], width=HALF_PX, **state.shared("shape")),
    )


def choose_method() -> str:
    """A name in `SAMPLERS`, or `NONE`."""
    method = st.selectbox("Method", (*SAMPLERS, NONE), **state.shared("method"))
    st.markdown(METHOD_WORDS[method])
    return method


def choose_second() -> str:
    """A name in `SAMPLERS` to compare with, or `NONE` for no second method."""
    options = (*SAMPLERS, NONE)
    method = st.selectbox("Compare with", options, options.index("duplication"), **state.shared("method"))
    if method != NONE:
        st.markdown(METHOD_WORDS[method])
    return method


def choose_sampler(method: str, alpha: float | None = None) -> SamplerSettings:
    """What a method other than AGCL is asked for. alpha: None lets the reader choose it here."""
    alpha = choose_alpha() if alpha is None else alpha
    if method == "Gaussian noise":
        sigma = st.select_slider("Noise σ (standard deviations of each unit)", SIGMAS, 0.1, **state.shared("sigma"))
        return GaussianNoiseSettings(alpha, sigma)
    if method == "kNNMTD":
        k = st.slider("Neighbours (k)", 2, 10, KNNMTDSettings().k, **state.shared("knnmtd_k"))
        return KNNMTDSettings(alpha, k, state.one_of("Version", NEIGHBOURS, NEIGHBOURS[0], "neighbours",
                                                     help=NEIGHBOURS_HELP))  # fmt: skip
    if method == "SMOTE":
        return SMOTESettings(alpha, st.slider("Neighbours (k)", 1, 10, SMOTESettings().k, **state.shared("smote_k")))
    if method == "ADASYN":
        return ADASYNSettings(alpha, st.slider("Neighbours (k)", 1, 10, ADASYNSettings().k, **state.shared("adasyn_k")))
    if method == "KMeansSMOTE":
        k = st.slider("Neighbours (k)", 1, 10, KMeansSMOTESettings().k, **state.shared("kmeanssmote_k"))
        clusters = st.slider("Clusters", 1, 12, KMeansSMOTESettings().clusters, **state.shared("kmeanssmote_clusters"))
        return KMeansSMOTESettings(alpha, k, clusters)
    if method == "genetic search":
        return choose_search(alpha)
    if method == "S3VAE":
        return choose_s3vae(alpha)
    if method == "smoothed bootstrap":
        shrinkage = st.slider("Width of the noise", 0.0, 2.0, 1.0, 0.1, **state.shared("shrinkage"),
                              help="Factor on Silverman's rule; 0 gives copies.")  # fmt: skip
        return SmoothedBootstrapSettings(alpha, shrinkage)
    return SAMPLERS[method](alpha=alpha)


def choose_search(alpha: float) -> GeneticSearchSettings:
    """How long and how boldly a genetic search looks; as in the paper where nothing is moved."""
    usual = GeneticSearchSettings()
    return GeneticSearchSettings(
        alpha,
        generations=st.slider("Generations", 0, 500, usual.generations, 10, **state.shared("generations")),
        population=st.slider("Sets that compete", 4, 40, usual.population, 2, **state.shared("population")),
        elite=st.slider("Sets that pass on unchanged", 0, 3, usual.elite, **state.shared("elite")),
        crossover=st.slider("Chance that two sets mix", 0.0, 1.0, usual.crossover, 0.05, **state.shared("crossover")),
        mutation=st.slider("Chance that a point is new", 0.0, 0.2, usual.mutation, 0.01, **state.shared("mutation")),
        gate=st.slider("Class gate", 0.5, 1.0, usual.gate, 0.01, help=GATE_HELP, **state.shared("gate")),
    )


def choose_s3vae(alpha: float) -> S3VAESettings:
    """How a VAE learns; sigma and K as in the paper where nothing is moved."""
    usual = S3VAESettings()
    return S3VAESettings(
        alpha,
        sigma=st.slider("Noise σ on the features", 0.0, 1.0, usual.sigma, 0.05, help=SIGMA_HELP,
                        **state.shared("s3vae_sigma")),
        K=st.select_slider("KL weight (K)", KL_WEIGHTS, usual.K, help=K_HELP, **state.shared("s3vae_K")),
        plan=st.selectbox("Sampling plan", PLANS, PLANS.index(usual.plan), help=PLAN_HELP,
                          **state.shared("s3vae_plan")),
        anneal_steps=st.slider("KL annealing (steps)", 0, 300, usual.anneal_steps, 50, help=ANNEAL_HELP,
                               **state.shared("s3vae_anneal")),
        free_bits=st.slider("Free bits (nats a unit)", 0.0, 2.0, usual.free_bits, 0.1, help=FREE_BITS_HELP,
                            **state.shared("s3vae_free_bits")),
    )  # fmt: skip
