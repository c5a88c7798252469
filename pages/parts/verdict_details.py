"""What lies behind a verdict, each folded away: action units, people near, movement, certainty, votes and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.parts import certainty, charts, measures, verdict

if TYPE_CHECKING:
    import pandas as pd


def show(result: dict[str, Any], table: pd.DataFrame) -> None:
    """Intensities against both groups, and what the result was made with. table: the cohort's AU table."""
    import pandas as pd

    usable = [vote for vote in result["emotions"] if vote["usable"]]
    with st.expander("Details: action units against the cohort"):
        if usable:
            readings = [
                {"emotion": vote["emotion"], "AU": f["name"], "intensity": f["value"],
                 "percentile in PD": f["percentile_pd"], "percentile in controls": f["percentile_control"]}
                for vote in usable for f in vote["features"]
            ]  # fmt: skip
            emotion = st.selectbox("Emotion", [v["emotion"] for v in usable], key="verdict_emotion", width=200)
            chosen = next(v for v in usable if v["emotion"] == emotion)
            if chosen.get("surroundings") or not result.get("model"):  # else the cohort in use was measured otherwise
                person = {f["name"]: f["value"] for f in chosen["features"]}
                others = table[(table["emotion"] == emotion) & (table["subject"] != result["person"])]
                figure = charts.person_in_groups(person, others, list(person))
                st.plotly_chart(figure, key="person_in_groups", config=charts.STILL)
            whole = st.column_config.NumberColumn(format="%.0f")
            numbers = {"percentile in PD": whole, "percentile in controls": whole}
            numbers["intensity"] = st.column_config.NumberColumn("intensity (0 to 5)", format="%.2f")
            st.dataframe(pd.DataFrame(readings), hide_index=True, column_config=numbers)
    near = [vote for vote in usable if vote.get("surroundings")]
    if near:
        with st.expander("Details: who of the cohort is near"):
            st.dataframe(neighbour_table(near), hide_index=True, height="content")
            whom = "the people of the cohort in use" if result.get("compared_with") else "the people trained on"
            st.markdown(f"Distances in standard deviations of the action units over {whom}. "
                        "Unlike everybody: nobody is as near as 95 % of these people are to one another.")  # fmt: skip
    if result.get("movement"):
        with st.expander("Details: how the expressions move, and their sides"):
            whole = st.column_config.NumberColumn(format="%.0f")
            st.dataframe(movement_table(result["movement"]), hide_index=True, height="content", placeholder="–",
                         column_config={"value": st.column_config.NumberColumn(format="%.2f"),
                                        "percentile in PD": whole, "percentile in controls": whole})  # fmt: skip
            st.markdown("Shown, and in no vote.")
    if result.get("certainty"):
        with st.expander("Details: how sure, and when to withhold a verdict"):
            certainty.details(result["certainty"])
    with st.expander("Details: votes, settings and versions"):
        st.dataframe(
            verdict.vote_table(result),
            hide_index=True,
            column_config={"PD weight (%)": st.column_config.NumberColumn(format="%.0f")},
        )
        st.json({key: result[key] for key in ("settings", "versions", "person_hash")}, expanded=1)
        st.markdown(f"Training rows, SHA-256: `{result['cohort']['hash']}`")


def neighbour_table(votes: list[dict[str, Any]]) -> pd.DataFrame:
    """One row an emotion: the nearest people, and what of the person lies beyond everybody."""
    import pandas as pd

    return pd.DataFrame(
        {
            "emotion": vote["emotion"],
            "nearest people": ", ".join(
                f"{n['subject']} ({n['group']}, {n['distance']:.2f})" for n in vote["surroundings"]["nearest"]
            ),
            "usual up to": f"{vote['surroundings']['far_from']:.2f}",
            "unlike everybody": "yes" if vote["surroundings"]["far"] else "no",
            "beyond everybody": ", ".join(vote["surroundings"]["outside"]) or "–",
        }
        for vote in votes
    )


def movement_table(movement: list[dict[str, Any]]) -> pd.DataFrame:
    """One row an emotion and measure, beside both groups."""
    import pandas as pd

    return pd.DataFrame(
        {
            "emotion": record["emotion"],
            "measure": measures.DYNAMICS[record["measure"]],
            "value": record["value"],
            "percentile in PD": record["percentile_pd"],
            "percentile in controls": record["percentile_control"],
        }
        for record in movement
    )
