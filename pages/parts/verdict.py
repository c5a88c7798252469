"""The verdict on one person, laid out so that it is read in ten seconds, with everything behind it below."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.settings import NOTICE
from core.types import CONTROL, PD
from pages.parts import certainty, charts, shell
from pages.parts.charts.palette import LOOKS
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

SIGNS = {
    "PD-like": ("●", LOOKS[PD].colour),
    "control-like": ("■", LOOKS[CONTROL].colour),
    "undecided": ("◆", LOOKS[""].colour),
}


def percent(share: float | None, decimals: int = 0) -> str:
    """0.736 as `74 %`; missing as `–`."""
    return "–" if share is None else f"{100 * share:.{decimals}f} %"


def interval(rate: dict[str, Any] | None) -> str:
    """A rate with its 95 % interval: `74 % [66–81 %]`; missing as `–`."""
    if not rate or rate["accuracy"] is None:
        return "–"
    low, high = rate["ci"]
    return f"{percent(rate['accuracy'])} [{100 * low:.0f}–{100 * high:.0f} %]"


def show(result: dict[str, Any]) -> None:
    """The decision, its trust, its votes and its warnings. result: `Screening.to_json()`."""
    with st.container(border=True, key="verdict", gap="xsmall"):
        left, right = st.columns([1, 1], gap="medium")
        with left.container(gap="xsmall"):
            _decision(result)
        with right.container(gap="xsmall"):
            if told := result.get("certainty"):  # results of before it was told have none
                certainty.show(told)
            _trust(result)
        cohort = result["cohort"]
        simulated = "simulated " if cohort["simulated"] else ""
        st.markdown(
            f"**Likeness to {cohort['n_pd']} {simulated}people with PD or {cohort['n_control']} {simulated}controls, "
            f"not a diagnosis.** {NOTICE}"
        )
    if result["warnings"]:
        st.warning("\n\n".join(map(shell.plain, result["warnings"])), icon=":material/warning:")
    st.plotly_chart(charts.votes(result["emotions"]), key="votes", config=charts.STILL)
    for vote in result["emotions"]:
        if not vote["usable"]:
            st.markdown(f"**{vote['emotion'].capitalize()} does not count.** {shell.plain(vote['reason'])}")
    st.markdown("\n".join(f"- {shell.plain(note)}" for note in result["notes"]))


def _decision(result: dict[str, Any]) -> None:
    sign, colour = SIGNS[result["verdict"]["decision"]]
    st.markdown(f"Verdict on {shell.plain(result['person'])}")
    st.html(
        f'<div role="status"><span aria-hidden="true" style="color:{colour}">{sign}</span> '
        f"{result['verdict']['decision']}</div>"
    )
    st.markdown(result["verdict"]["reason"])


def _trust(result: dict[str, Any]) -> None:
    accuracy = result["vote_accuracy"]
    decided = accuracy["decided"]
    st.markdown("Right on people never seen")
    st.html(f'<div class="rate">{interval(decided)}</div>')
    if decided is None:
        st.markdown(f"Not estimated: {shell.plain(accuracy['reason'])}")
    else:
        withheld = f"{accuracy['n_undecided']} of {accuracy['n_people']} people stayed undecided"
        st.markdown(f"Of {decided['n']} verdicts, 95 % interval; {withheld}.")


def vote_table(result: dict[str, Any]) -> pd.DataFrame:
    """One row an emotion, as the CSV export has it."""
    import pandas as pd

    return pd.DataFrame(
        {
            "emotion": vote["emotion"],
            "decision": vote["decision"] if vote["usable"] else "not usable",
            "models for PD": f"{vote['n_for_pd']}/{vote['n_models']}" if vote["usable"] else "–",
            "PD weight (%)": 100 * vote["weight_for_pd"] if vote["usable"] else None,
            "trained on PD": vote["n_pd"],
            "trained on controls": vote["n_control"],
            "right on people left out": interval(vote["out_of_fold"]),
            "reason": vote["reason"],
        }
        for vote in result["emotions"]
    )


def exports(result: dict[str, Any]) -> list[Download]:
    """The report, the result as JSON, its votes as CSV, all with the notice. File names carry no code of the person."""
    from core.screening.report.html import html
    from core.screening.report.pdf import pdf

    caution = {"notice": NOTICE, "simulated": result["cohort"]["simulated"]}
    return [
        Download("Report as PDF", "screening.pdf", "application/pdf", lambda: pdf(result)),
        Download("Report as HTML", "screening.html", "text/html", lambda: html(result)),
        Download("Result as JSON", "screening.json", "application/json",
                 lambda: json.dumps({**caution, **result}, indent=2)),
        Download("Votes as CSV", "screening_votes.csv", "text/csv",
                 lambda: vote_table(result).assign(**caution).to_csv(index=False)),
    ]  # fmt: skip
