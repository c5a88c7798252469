"""PD against control in one emotion: the figure, what it says in words, every number, and files to take away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.settings import NOTICE
from core.types import EMOTIONS
from pages.parts import charts, measures, shell, state
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

    from core.screening.group_differences import GroupDifference

NAMED = 4
"""So many differences are named in words; the rest stand in the table."""


def show(table: pd.DataFrame) -> list[Download]:
    """Controls, figure, words and table; returns what can be exported."""
    from core.scales import mixture
    from core.screening.group_differences import compare_groups

    with st.container(horizontal=True, vertical_alignment="bottom"):
        emotion = st.selectbox("Emotion", EMOTIONS, **state.shared("emotion"), width=160)
        name = st.selectbox("Measure", measures.available(table), **state.shared("table_measure"), width=250)
        units = st.selectbox("Action units", measures.UNIT_SETS, **state.shared("table_units"), width=130,
                             disabled=name == "Dynamics", help="p is adjusted for as many as are shown")  # fmt: skip
    rows = table[table["emotion"] == emotion]
    if rows.empty:
        st.info(f"This cohort has no rows of {emotion}. Choose another emotion, or add clips that show it.")
        return []
    chosen = measures.measure(rows, name, emotion, units)
    if not chosen.features:
        st.info(f"No row of {emotion} has a value of this measure. Choose another measure or emotion.")
        return []
    found = compare_groups(chosen.values, chosen.features)
    simulated = bool(rows["simulated"].any())
    if mixed := mixture(rows):
        st.warning(f"{shell.plain(mixed)}. A difference may be one of backends: filter to one of them above.",
                   icon=":material/warning:")  # fmt: skip
    st.markdown(finding(found, emotion))
    st.plotly_chart(
        charts.group_differences(chosen.values, found, chosen.panels, chosen.axis), key="group_differences",
        config=charts.STILL,
    )  # fmt: skip
    st.info(limits(found, simulated), icon=":material/balance:")
    st.dataframe(styled(found), hide_index=True, placeholder="–", height="content")
    st.markdown(_METHOD)
    return exports(chosen, found, {"emotion": emotion, "compared": name, "simulated": simulated})


def finding(found: Sequence[GroupDifference], emotion: str) -> str:
    """Which measures differ, in one sentence."""
    n_control = max(d.n_control for d in found)
    people = f"{max(d.n_pd for d in found)} with PD, {n_control} {'control' if n_control == 1 else 'controls'}"
    tested = [d for d in found if d.p == d.p]
    if not tested:
        return f"**Nothing can be compared in {emotion}** ({people}): it takes two groups of at least two who vary."
    stay = [d for d in tested if d.found]
    among = f"{len(tested)} measures" if len(tested) > 1 else "1 measure"
    if not stay:
        return f"**No difference can be shown in {emotion}** ({people}; {among}), which is no proof that there is none."
    listed = ", ".join(f"{d.feature.split(' (')[0]} (g\u00a0{signed(d.g)})" for d in stay[:NAMED])
    more = f" and {len(stay) - NAMED} more" if len(stay) > NAMED else ""
    return f"**{len(stay)} of {among} differ between the groups in {emotion}** ({people}): {listed}{more}."


def limits(found: Sequence[GroupDifference], simulated: bool) -> str:
    """What can and what cannot be concluded from so many people and measures."""
    from core.screening.group_differences import FALSE_DISCOVERIES, detectable_difference

    smallest = detectable_difference(max(d.n_pd for d in found), max(d.n_control for d in found))
    parts = ["**Simulated people: this says nothing about patients.**"] if simulated else []
    if any(d.found for d in found):
        parts.append(f"Of such findings at most {100 * FALSE_DISCOVERIES:.0f} % are expected to be false.")
    if smallest == smallest:
        parts.append(
            f"With so few people a difference below g ≈ {smallest:.1f} is missed more than one time in five, even in a "
            "single test."
        )
    parts.append("Groups differ here, not persons; age, sex and medication are not accounted for.")
    return " ".join(parts)


def signed(number: float) -> str:
    """Two decimals with a sign, as −0.92."""
    return f"{number:+.2f}".replace("-", "−")


def numbers(found: Sequence[GroupDifference]) -> pd.DataFrame:
    """One row a measure, in the order of `found`."""
    import pandas as pd

    return pd.DataFrame(
        {
            "measure": d.feature,
            "Hedges' g": d.g,
            "95 % from": d.g_low,
            "to": d.g_high,
            "adjusted p": d.p_adjusted,
            "reading": _reading(d),
            "p": d.p,
            "PD n": d.n_pd,
            "control n": d.n_control,
            "PD median": d.median_pd,
            "control median": d.median_control,
        }
        for d in found
    )


def styled(found: Sequence[GroupDifference]) -> Styler:
    """The table with two decimals, signs, and small probabilities as `<0.001`."""
    return (
        numbers(found)
        .style.format(precision=2, na_rep="–")
        .format(lambda g: signed(g) if g == g else "–", subset=["Hedges' g", "95 % from", "to"])
        .format(_probability, subset=["p", "adjusted p"])
    )


def exports(chosen: measures.Measure, found: Sequence[GroupDifference], about: dict[str, Any]) -> list[Download]:
    """The numbers as CSV and JSON, the figure as PNG and SVG, all with the notice."""
    stem = f"groups_{about['emotion']}"
    title = f"{about['compared']}, {about['emotion']}{' (simulated)' if about['simulated'] else ''}. {NOTICE}"

    def figure(kind: str) -> bytes:
        return charts.group_differences_file(chosen.values, found, chosen.panels, title, kind)

    return [
        Download("Differences as CSV", f"{stem}.csv", "text/csv",
                 lambda: numbers(found).assign(notice=NOTICE, **about).to_csv(index=False)),
        Download("Differences as JSON", f"{stem}.json", "application/json",
                 lambda: json.dumps({"notice": NOTICE, "method": _METHOD, **about,
                                     "differences": [d.to_json() for d in found]}, indent=2, allow_nan=False)),
        Download("Figure as PNG", f"{stem}.png", "image/png", lambda: figure("png")),
        Download("Figure as SVG", f"{stem}.svg", "image/svg+xml", lambda: figure("svg")),
    ]  # fmt: skip


def _reading(d: GroupDifference) -> str:
    if d.p != d.p:
        return "not defined"
    return ("larger in PD" if d.g > 0 else "smaller in PD") if d.found else "not shown"


def _probability(p: float) -> str:
    return "–" if p != p else "<0.001" if p < 0.001 else f"{p:.3f}"


_METHOD = (
    "One row a person. Hedges' g: difference of the means over the pooled SD, corrected for small samples; its 95 % "
    "interval from the noncentral t. p: Mann–Whitney on ranks, two-sided. Adjusted p: Benjamini–Hochberg over the "
    "measures shown; a difference stays where it is at most 0.05."
)
