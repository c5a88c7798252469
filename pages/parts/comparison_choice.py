"""What a validation compares: methods and classifiers, as the paper's table or as chosen."""

from __future__ import annotations

import streamlit as st

from core.settings import CLASSIFIERS, FEATURE_SETS, RULES, SAMPLERS, SPREADS, ValidationSettings
from pages.parts import space_controls, state

QUICK, TABLE_IV, OWN = "quick", "Table IV", "own"
THE_PAPERS_METHODS = ("Gaussian noise", "kNNMTD", "AGCL")
COMPARE_HELP = (
    "**quick**: AGCL with kNN, a minute. **Table IV**: Gaussian noise, kNNMTD and AGCL against no augmentation, by "
    "the paper's four classifiers and logistic regression: some ten minutes on two cores. Either can be cancelled and "
    "goes on later where it stopped."
)


def choose() -> ValidationSettings | None:
    """The controls; None where nothing is left to compare. The grids are the paper's."""
    preset = ValidationSettings()
    what = state.one_of("Compare", (QUICK, TABLE_IV, OWN), QUICK, "validate_compare", help=COMPARE_HELP)
    classifiers, methods = _asked(what, preset)
    spread, rule = preset.spread, preset.rule
    if "AGCL" in methods:
        spread = state.one_of("Spread", SPREADS, spread, "validate_spread", help=space_controls.SPREAD_HELP)
        rule = state.one_of("Rule", RULES, rule, "validate_rule", help=space_controls.RULE_HELP)
    with st.container(horizontal=True):
        width = space_controls.HALF_PX
        features = st.selectbox("Action units", FEATURE_SETS, width=width, **state.shared("validate_features"))
        seed = st.number_input("Seed", 0, 2**31 - 1, preset.random_state, width=width, **state.private("validate_seed"))
    if not classifiers:
        st.markdown("Choose at least one classifier.")
        return None
    return ValidationSettings(classifiers, methods, features, rule, spread, random_state=int(seed))


def _asked(what: str, preset: ValidationSettings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if what == QUICK:
        return preset.classifiers, preset.methods
    if what == TABLE_IV:
        return CLASSIFIERS, THE_PAPERS_METHODS
    classifiers = st.multiselect("Classifiers", CLASSIFIERS, preset.classifiers, **state.shared("validate_classifiers"))
    methods = st.multiselect("Methods against none", tuple(SAMPLERS), preset.methods, placeholder="none alone",
                             **state.shared("validate_methods"))  # fmt: skip
    if "genetic search" in methods:
        st.markdown("The genetic search takes far longer than the other methods.")
    if "S3VAE" in methods:
        st.markdown("S3VAE trains thousands of small networks: some six minutes a classifier on two cores.")
    in_order = tuple(name for name in CLASSIFIERS if name in classifiers)
    return in_order, tuple(name for name in SAMPLERS if name in methods)
