"""Validation: the paper's accuracies, and beside each the one that holds for people never seen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from pages.parts import comparison_choice, outcomes, shell, validation_report


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
            settings = comparison_choice.choose()
            start = st.button("Run", type="primary", width="stretch", disabled=settings is None)
        with right:
            if settings is None:
                explain()
            else:
                wanted = {"table": cohort.table_hash, **asdict(settings)}
                if start:
                    outcomes.start(ws, "validate", wanted)
                done = outcomes.finished(ws, "validate", wanted)
                if done is None:
                    explain()
                else:
                    result = done.result
                    validation_report.show_finding(result)
        if result:
            validation_report.show_table(result)
    with top:
        shell.header("Validation", "The paper's accuracies, and beside each the one that holds for people never seen.",
                     terms=("paper protocol", "nested validation", "leave-two-out", "interval", "AGCL", "spread",
                            "rule"),
                     export=validation_report.exports(result) if result else None)  # fmt: skip


main()
