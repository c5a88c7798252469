"""How fold models are trained: classifier, action units and synthetic rows, folded away."""

from __future__ import annotations

import streamlit as st

from core.settings import CLASSIFIERS, FEATURE_SETS, METHODS, SPREADS, AGCLSettings, ScreeningSettings
from pages.parts import state


def choose(page: str) -> ScreeningSettings:
    """The controls, whose choices are kept under names that begin with `page`."""
    preset = ScreeningSettings()
    with st.expander("Classifier and method"):
        classifier = st.selectbox("Classifier", CLASSIFIERS, CLASSIFIERS.index(preset.classifier),
                                  **state.shared(f"{page}_classifier"))  # fmt: skip
        features = st.selectbox("Action units", FEATURE_SETS, **state.shared(f"{page}_features"))
        method = st.selectbox("Synthetic rows", METHODS, **state.shared(f"{page}_method"))
        agcl = preset.agcl
        if method == "AGCL":
            agcl = AGCLSettings(
                alpha=float(st.slider("alpha", 1, 57, int(agcl.alpha), **state.shared(f"{page}_alpha"))),
                threshold=st.slider("threshold", 0.0, 1.0, agcl.threshold, 0.01, **state.shared(f"{page}_threshold")),
                spread=st.selectbox("spread", SPREADS, SPREADS.index(agcl.spread), **state.shared(f"{page}_spread")),
            )
        seed = st.number_input("Seed", 0, 2**31 - 1, preset.random_state, **state.private(f"{page}_seed"))
    return ScreeningSettings(classifier, method, features, agcl, preset.n_folds, int(seed))
