"""Does it look real? What was measured of a method beside held-out people and beside copies, and how its rows lie."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core.settings import NOTICE
from core.types import GROUPS, PD, Samples
from pages.parts import charts, outcomes, state
from pages.parts.shell import Download
from pages.parts.space import SEED

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.fidelity.likeness import Likeness
    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace
    from pages.parts.synthesis import Made

MEASURES = {
    "near_copy_share": ("near-copies (%)", 100, "nearer to a person than half the usual distance"),
    "distance_ratio": ("distance to the closest person", 1, "in usual distances: 0 for copies, about 1 for people"),
    "neighbour_ratio": ("closest to second closest person", 1, "small where a row points at one person"),
    "variance_ratio": ("variance", 1, "of the people's, the median over features"),
    "correlation_difference": ("difference of correlations", 1, "mean over pairs of features, 0 to 2"),
    "out_of_range_share": ("out of range (%)", 100, "values beyond those of the people"),
    "precision": ("precision", 1, "rows that lie where new people lie, 0 to 1"),
    "recall": ("recall", 1, "new people who lie where rows lie, 0 to 1"),
    "density": ("density", 1, "how many new people are near a row, about 1"),
    "coverage": ("coverage", 1, "new people with a row near them, 0 to 1"),
    "told_apart_auroc": ("told from new people (AUROC)", 1, "by a classifier; 0.5 where nothing tells them"),
    "learned_auroc": ("learned from them (AUROC)", 1, "a model taught by them judges new people"),
    "learned_accuracy": ("the same, balanced accuracy (%)", 100, ""),
    "rejected_share": ("Table III finds a difference (%)", 100, "does not count: copies pass these tests best"),
}
"""Measure to what it is called, the factor it is shown with, and what it says."""

LOOKS = {"passes": ("green", "check_circle"), "fails": ("red", "cancel"), "undecided": ("gray", "help")}
CANDIDATES = {"method": "", "real, held out": "people held out", "copies": "copies"}


def show(ws: Workspace, cohort: Cohort, methods: Sequence[Made]) -> list[Download]:
    """The section of a page; returns what of it can be exported."""
    with st.container(key="likeness-heading", horizontal=True, vertical_alignment="center"):
        st.header("Does it look real?", anchor=False, width="content")
        name = methods[0].name
        if len(methods) > 1:
            name = state.one_of("Rows judged", [made.name for made in methods], name, "judged",
                                label_visibility="collapsed", width="content")  # fmt: skip
    made = next(made for made in methods if made.name == name)
    if made.asked.settings is None or not len(made.synthetic):
        st.markdown("There are no synthetic rows to judge: choose a method, and an α above 0.")
        return []
    result = _measured(ws, cohort, made)
    _figures(made)
    if result is None:
        return []
    about = {"notice": NOTICE, "input_hash": cohort.table_hash, "emotion": made.asked.choice.emotion, **result}
    stem = f"fidelity_{name.replace(' ', '_').lower()}"
    return [
        Download(f"Fidelity of {name}: JSON", f"{stem}.json", "application/json",
                 lambda: json.dumps(about, indent=2, allow_nan=False)),
        Download(f"Fidelity of {name}: CSV", f"{stem}.csv", "text/csv",
                 lambda: _summaries(result).assign(notice=NOTICE).to_csv(index=False)),
    ]  # fmt: skip


def _measured(ws: Workspace, cohort: Cohort, made: Made) -> dict[str, Any] | None:
    """The verdict, once it was asked for: a worker measures, which takes some seconds."""
    asked = made.asked
    wanted = {"table": cohort.table_hash, "emotion": asked.choice.emotion, "features": asked.choice.features,
              "method": asked.method, "sampler": asdict(asked.settings), "random_state": SEED}  # fmt: skip
    st.markdown(
        "Rows are made from half of the people and laid beside the other half, twenty times over. In the same halves, "
        "people stand in for rows, who must pass, and copies, which must fail."
    )
    if outcomes.last(ws, "fidelity", wanted) is None and st.button("Measure", type="primary", key="measure_fidelity"):
        outcomes.start(ws, "fidelity", wanted)
    done = outcomes.finished(ws, "fidelity", wanted)
    if done is None:
        return None
    result: dict[str, Any] = done.result
    for candidate, called in CANDIDATES.items():
        told = result["verdicts"][candidate]
        colour, icon = LOOKS[told["decision"]]
        who = called.capitalize() or made.name
        badge = f":{colour}-badge[:material/{icon}: {told['decision']}]"
        st.markdown(f"{badge} **{who}.** {_said(candidate, told)}")
    widths = {"measure": 232, made.name: 118, "people held out": 118, "copies": 118}
    columns = {name: st.column_config.TextColumn(width=px) for name, px in widths.items()}
    table = _table(result, made.name)
    st.dataframe(table, hide_index=True, height="content", placeholder="–", column_config=columns)
    st.markdown(f"Means and intervals over {result['n_splits']} splits of {_people(result)}. {result['interval']}")
    with st.expander("The paper's tests (Table III)"):
        _table_iii(result, made.name)
    return result


def _said(candidate: str, told: dict[str, Any]) -> str:
    """Why; of those who stand beside the method, also whether the measures can be trusted."""
    if candidate != "method":
        wanted = "fails" if candidate == "copies" else "passes"
        trust = "As it must be." if told["decision"] == wanted else "**The measures cannot be trusted here.**"
        return " ".join((trust, *told["reasons"]))
    opening = ("No measure tells these rows from people.",) if told["decision"] == "passes" else ()
    return " ".join((*opening, *told["reasons"], *told["remarks"]))


def _people(result: dict[str, Any]) -> str:
    return " and ".join(f"{result['n_people'][group]} {'PD' if group == PD else 'controls'}" for group in GROUPS)


def _summaries(result: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(result["summaries"])


def _table(result: dict[str, Any], method: str) -> pd.DataFrame:
    """A row a measure, over both groups: mean and interval of the method, of people and of copies."""
    import pandas as pd

    found = {(s["measure"], s["candidate"]): s for s in result["summaries"] if s["group"] == "all"}
    return pd.DataFrame(
        {
            "measure": called,
            **{who or method: _interval(found[name, candidate], factor) for candidate, who in CANDIDATES.items()},
            "what it says": help_,
        }
        for name, (called, factor, help_) in MEASURES.items()
    )


def _interval(summary: dict[str, Any], factor: float) -> str | None:
    if summary["mean"] is None:
        return None
    decimals = 0 if factor == 100 else 2
    mean, low, high = (f"{factor * summary[part]:.{decimals}f}" for part in ("mean", "low", "high"))
    return f"{mean} [{low}–{high}]"


def _table_iii(result: dict[str, Any], method: str) -> None:
    """p values as the paper lays them out, of the method, and beside them of people held out and of copies."""
    from core.latent.fidelity.marginal_tests import MarginalTest, table_iii

    st.markdown("p of one draw of twenty rows a group beside the people that rows were made from, in one split.")
    for column, (candidate, called) in zip(st.columns(len(CANDIDATES)), CANDIDATES.items(), strict=True):
        table = table_iii([MarginalTest(**test) for test in result["table_iii"][candidate]])
        table.columns = [f"{test}, {group}" for test, group in table.columns]
        with column:
            st.markdown(f"**{called.capitalize() or method}**")
            st.dataframe(table.style.format(precision=3, na_rep="–"), height="content")


def _figures(made: Made) -> None:
    """The rows that are shown, beside all people: distributions, correlations, nearest people."""
    found = _likeness(made)
    st.markdown("**Values: PD upwards, control downwards; filled real, outlined synthetic**")
    st.plotly_chart(charts.distributions(made.rows, made.features), key="distributions", config=charts.STILL)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**How far the nearest person is**")
        figure = charts.nearest_records(found.distances, found.near_limits)
        st.plotly_chart(figure, key="nearest_records", config=charts.STILL)
        _near_copies(found.near_copy_share)
    with right:
        st.markdown("**Correlations: synthetic minus real**")
        differences = found.correlation_differences
        if len(made.features) > 1 and any(np.isfinite(d).any() for d in differences.values()):
            figure = charts.correlation_differences(differences, made.features)
            st.plotly_chart(figure, key="correlation_differences", config=charts.STILL)
        else:
            st.markdown("One action unit, or too few rows: there is nothing to correlate.")


def _likeness(made: Made) -> Likeness:
    from core.latent.fidelity.likeness import likeness
    from core.latent.synthesis import Synthetic

    (X, y, codes), (X_made, y_made, source) = (
        (part[list(made.features)].to_numpy(float), (part["group"] == PD).to_numpy(int), part[named].to_numpy(str))
        for part, named in ((made.real, "subject"), (made.synthetic, "source"))
    )
    return likeness(Synthetic(X_made, y_made, source), Samples(X, y, codes, made.features))


def _near_copies(share: float | None) -> None:
    """How many of the rows that are shown are near-copies, loudly where they are many."""
    from core.latent.fidelity.verdict import NEAR_COPIES

    if share is None:
        return
    words = f"{100 * share:.0f} % of these rows are near-copies"
    if share > NEAR_COPIES:
        st.warning(f"{words}: they give a person away.", icon=":material/warning:")
    else:
        st.markdown(f"{words}.")
