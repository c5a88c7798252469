"""Validation: the paper's accuracies, and beside each the one that holds for people never seen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from core.settings import CLASSIFIERS, FEATURE_SETS, RULES, SAMPLERS, SPREADS, ValidationSettings
from pages.parts import outcomes, protocol_report, shell, space_controls, state


def choose_settings() -> ValidationSettings:
    """What is compared; the grids of the paper are kept."""
    preset = ValidationSettings()
    classifier = st.selectbox("Classifier", CLASSIFIERS, **state.shared("validate_classifier"))
    method = st.selectbox("Method against none", (*SAMPLERS, "none"), **state.shared("validate_method"))
    spread, rule = preset.spread, preset.rule
    if method == "AGCL":
        spread = state.one_of("Spread", SPREADS, spread, "validate_spread", help=space_controls.SPREAD_HELP)
        rule = state.one_of("Rule", RULES, rule, "validate_rule", help=space_controls.RULE_HELP)
    with st.container(horizontal=True):
        width = space_controls.HALF_PX
        features = st.selectbox("Action units", FEATURE_SETS, width=width, **state.shared("validate_features"))
        seed = st.number_input("Seed", 0, 2**31 - 1, preset.random_state, width=width, **state.private("validate_seed"))
    return ValidationSettings((classifier,), (method,), features, rule, spread, random_state=int(seed))


def explain() -> None:
    """What will come, before anything was run."""
    st.markdown(
        "**Two numbers for the same method.** The paper's protocol picks the best of many settings on the people it "
        "then reports. Nested validation tunes inside the training part and scores people that no choice has seen. "
        "With tens of people the two can differ by many points; only the second says what to expect of the next person."
    )


def main() -> None:
    ws = shell.guard()
    top = st.container()
    cohort = shell.cohort_in_use(ws)
    result: dict[str, Any] | None = None
    if cohort is None:
        shell.empty("No cohort to validate on", "Load the simulated demo cohort, or import an AU table.", "home",
                    "Go to Home")  # fmt: skip
    else:
        left, right = shell.workbench()
        with left:
            settings = choose_settings()
            start = st.button("Run", type="primary", width="stretch")
        with right:
            wanted = {"table": cohort.table_hash, **asdict(settings)}
            if start:
                outcomes.start(ws, "validate", wanted)
            done = outcomes.finished(ws, "validate", wanted)
            if done is None:
                explain()
            else:
                result = done.result
                protocol_report.show_finding(result)
        if result:
            protocol_report.show_table(result)
    with top:
        shell.header("Validation", "The paper's accuracies, and beside each the one that holds for people never seen.",
                     terms=("paper protocol", "nested validation", "leave-two-out", "interval", "AGCL", "spread",
                            "rule"),
                     export=protocol_report.exports(result) if result else None)  # fmt: skip


main()
