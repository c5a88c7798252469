"""What a validation found: Table IV, the nested number beside every one of the paper's, and the finding in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.settings import NOTICE
from pages.parts import charts, shell
from pages.parts.shell import Download
from pages.parts.verdict import interval, percent

if TYPE_CHECKING:
    import pandas as pd

MAJORITY = "majority vote"


def words(result: dict[str, Any]) -> str:
    """The finding in plain words, from the numbers of the majority vote of the first classifier alone."""
    ours = (MAJORITY, result["rows"][0]["classifier"])
    rows = {row["method"]: row for row in result["rows"] if (row["emotion"], row["classifier"]) == ours}
    found = next((d for d in result["differences"] if (d["emotion"], d["classifier"]) == ours), None)
    method = found["method"] if found else "none"
    row = rows[method]
    nested = percent(row["nested"]["accuracy"], 1)
    if found is None:
        return f"**Without synthetic rows, {nested} of people never seen were judged right.** {flattery(row)}"
    low, high = found["ci"]
    effect = "helped" if low > 0 else "did harm" if high < 0 else "did not help"
    doubt = "" if low > 0 or high < 0 else ", and the interval includes 0"
    return (
        f"**On this cohort {method} {effect}.** Of people never seen, {nested} were judged right with it and "
        f"{percent(rows['none']['nested']['accuracy'], 1)} without: {signed(found['mean'])} points, 95 % interval "
        f"{signed(found['ci'][0])} to {signed(found['ci'][1])}{doubt}. {flattery(row)}"
    )


def signed(difference: float) -> str:
    """A difference of shares in points, with its sign: 0.053 as `+5.3`."""
    return f"{100 * difference:+.1f}".replace("-", "−")


def flattery(row: dict[str, Any]) -> str:
    """How far the paper's way of scoring lies from the nested number of the same row."""
    gap = 100 * (row["validation"]["mean"] - row["nested"]["accuracy"])
    side = "above" if gap >= 0 else "below"
    return (
        f"The paper's way of scoring shows {percent(row['validation']['mean'], 1)}, {abs(gap):.1f} points {side} that; "
        f"the best of {row['n_settings']} settings is scored on the people who chose it. "
        f"The {row['test']['n']} test people give {interval(row['test'])}."
    )


def table(result: dict[str, Any]) -> pd.DataFrame:
    """Table IV, a row an emotion and method, in per cent with 95 % intervals in brackets."""
    import pandas as pd

    return pd.DataFrame(
        {
            "emotion": row["emotion"],
            "method": row["method"],
            "classifier": row["classifier"],
            "tuned ± SD (%)": _tuned(row["validation"]),
            "test (%)": _rate(row["test"]),
            "n test": row["test"]["n"],
            "nested (%)": _rate(row["nested"]),
            "n nested": row["nested"]["n"],
            "settings tried": row["n_settings"],
            "folds lacking a group": row["n_one_sided"],
        }
        for row in result["rows"]
    )


def _tuned(validation: dict[str, Any]) -> str:
    spread = "" if validation["sd"] is None else f" ± {100 * validation['sd']:.2f}"
    return f"{100 * validation['mean']:.2f}{spread}"


def _rate(rate: dict[str, Any]) -> str:
    if rate["accuracy"] is None:
        return "–"
    return f"{100 * rate['accuracy']:.2f} [{100 * rate['ci'][0]:.0f}–{100 * rate['ci'][1]:.0f}]"


def points(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows as `charts.accuracies` takes them."""
    return [
        {
            "label": f"{row['emotion']}, {row['method']}, {row['classifier']}",
            "tuned": row["validation"]["mean"],
            "test": row["test"]["accuracy"],
            "nested": row["nested"]["accuracy"],
            "nested_interval": row["nested"]["ci"],
        }
        for row in result["rows"]
    ]


def show_finding(result: dict[str, Any]) -> None:
    """Words first, then the figure. result: what `core.screening.paper_protocol.run` gives."""
    simulated = " Simulated people: this shows how the methods behave and says nothing about patients."
    st.info(words(result) + (simulated if result["simulated"] else ""), icon=":material/balance:")
    if mixed := result.get("mixed"):  # results of before it was told have none
        st.warning(f"{shell.plain(mixed)}.", icon=":material/warning:")
    for emotion, reason in result["skipped"].items():
        st.warning(f"{emotion.capitalize()} was left out. {shell.plain(reason)}")
    st.plotly_chart(charts.accuracies(points(result)), key="accuracies", config=charts.STILL)


def show_table(result: dict[str, Any]) -> None:
    """Every number, and how each was made."""
    right = st.column_config.TextColumn(alignment="right")
    texts = dict.fromkeys(("tuned ± SD (%)", "test (%)", "nested (%)"), right)
    st.dataframe(table(result), hide_index=True, placeholder="–", column_config=texts, height="content")
    people, nested = result["people"], result["nested"]
    st.markdown(
        f"{people['n']} people, {people['n_pd']} with PD; {people['n_test']} held out for the test. Tuned: "
        f"mean over the leave-two-out folds of the chosen setting, population SD. Nested: {nested['n_outer']} parts of "
        f"the people, {nested['n_repeats']} repeats, everything tuned inside the training part. Folds lacking a group: "
        f"AGCL found no pure cluster of one group, so it made no rows of it. Brackets: {result['intervals']}"
    )


def exports(result: dict[str, Any]) -> list[Download]:
    """The result as JSON, its table as CSV, both with the notice."""
    caution = {"notice": NOTICE, "simulated": result["simulated"]}
    return [
        Download("Result as JSON", "validation.json", "application/json",
                 lambda: json.dumps({**caution, **result}, indent=2)),
        Download("Table as CSV", "validation.csv", "text/csv",
                 lambda: table(result).assign(**caution).to_csv(index=False)),
    ]  # fmt: skip
