"""How sure a verdict is, and when to withhold one: probability, the set of groups, and what doubt costs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.screening.abstention import Kept
from core.screening.calibration import IDENTITY, LOGISTIC, Calibration
from pages.parts import charts, state


def show(told: dict[str, Any]) -> None:
    """Probability with its interval and the set, for the head of a verdict; nothing without a usable emotion."""
    if told["probability"] is None:
        return
    st.markdown("Probability of PD")
    if told["calibration"]["kind"] != LOGISTIC:
        st.markdown(f"Not known: {_why(told['calibration']['kind'])}")
        return
    low, high = told["ci"]
    st.html(f'<div class="rate">{told["probability"]:.2f} [{low:.2f}–{high:.2f}]</div>')
    st.markdown(f"At {100 * told['calibration']['target_error']:.0f} % error {_set_words(told['set'])}.")


def _why(kind: str) -> str:
    if kind == IDENTITY:
        return "too few people were left out to learn what the votes are worth."
    return "people left out with PD had no more votes for PD than controls."


def _set_words(groups: list[str]) -> str:
    if len(groups) == 1:
        return f"only **{groups[0]}** is left"
    return "**both groups are possible**" if groups else "**neither group is usual**"


def details(told: dict[str, Any]) -> None:
    """The error that is accepted, what it leaves of this person, and what it costs in people who are not called."""
    calibration = Calibration.from_json(told["calibration"])
    error = st.slider("Error accepted (%)", 1, 40, 10, help="Of verdicts on people like those of the cohort.",
                      **state.shared("target_error")) / 100  # fmt: skip
    share = told["share"]
    if share is not None:
        p_values = calibration.p_values(share)
        st.markdown(
            f"At {100 * error:.0f} % error {_set_words(sorted(calibration.conformal_set(share, error)))}: "
            f"{100 * p_values.pd:.0f} % of the people with PD who were left out had as few votes for PD, and "
            f"{100 * p_values.control:.0f} % of the controls had as many. A set that holds both says: withhold. "
            "The probability holds where as many people have PD as in this cohort; where few have, it is far lower."
        )
    st.plotly_chart(charts.calibration_curve(calibration, share), key="calibration_curve", config=charts.STILL)
    st.markdown(f"Fitted to {calibration.n} people of the cohort who were left out of training, each once.")
    st.plotly_chart(charts.risk_coverage(told["risk_coverage"], error), key="risk_coverage", config=charts.STILL)
    st.markdown(_kept_words(_kept(told["risk_coverage"], error), error))


def _kept(points: list[dict[str, Any]], error: float) -> Kept | None:
    from core.screening.abstention import RiskCoverage

    fields = [{**point, "ci": tuple(point["ci"])} for point in points]
    return RiskCoverage(tuple(Kept(**field) for field in fields)).at(error)


def _kept_words(kept: Kept | None, error: float) -> str:
    if kept is None:
        return f"No certainty keeps the error of the calls to {100 * error:.0f} %: withhold all, or accept more error."
    low, high = kept.ci
    return (
        f"To be wrong in at most {100 * error:.0f} % of calls, call from a certainty of {kept.threshold:.2f} on: "
        f"{100 * kept.coverage:.0f} % of people, {100 * kept.accuracy:.0f} % right "
        f"[{100 * low:.0f}–{100 * high:.0f} %], chosen on these people and so a little too good."
    )
