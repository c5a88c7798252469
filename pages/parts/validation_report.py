"""What a validation found: in words, as a figure, as Table IV with the nested number beside every one, and controls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.screening.table_iv import files, words
from core.screening.table_iv.rows import MAJORITY
from core.settings import NOTICE
from pages.parts import charts, shell, state
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

ICONS = {words.HELPED: "trending_up", words.HARMED: "trending_down", words.NEITHER: "balance"}
EVERYTHING = MAJORITY


def show_finding(result: dict[str, Any]) -> None:
    """Words first, then the figure. result: what `core.screening.paper_protocol.run` gives."""
    for found in words.findings(result):
        st.info(f"**{found.headline}.** {' '.join(found.sentences)}", icon=f":material/{ICONS[found.effect]}:")
    if caution := words.several(result):
        st.markdown(caution)
    if result["simulated"]:
        st.markdown("Simulated people: this shows how the methods behave and says nothing about patients.")
    if mixed := result["mixed"]:
        st.warning(f"{shell.plain(mixed)}.", icon=":material/warning:")
    for emotion, reason in result["skipped"].items():
        st.warning(f"{emotion.capitalize()} was left out. {shell.plain(reason)}")
    classifiers = list(dict.fromkeys(classifier for _, classifier in result["compared"]))
    shown = state.one_of("Shown", (EVERYTHING, *classifiers), EVERYTHING, "validate_shown")
    st.plotly_chart(charts.accuracies(points(result, shown)), key="accuracies", config=charts.STILL)


def points(result: dict[str, Any], shown: str) -> list[dict[str, Any]]:
    """Rows as `charts.accuracies` takes them: of one classifier, or the majority votes of all."""
    asked = {tuple(pair) for pair in result["compared"]}
    rows = [row for row in result["rows"] if (row["method"], row["classifier"]) in asked]
    if shown == EVERYTHING:
        rows = [row for row in rows if row["emotion"] == MAJORITY]
    else:
        rows = [row for row in rows if row["classifier"] == shown]
    return [
        {
            "label": f"{row['classifier'] if shown == EVERYTHING else row['emotion']}, {row['method']}",
            "tuned": row["validation"]["mean"],
            "test": row["test"]["accuracy"],
            "nested": row["nested"]["accuracy"],
            "nested_interval": row["nested"]["ci"],
        }
        for row in rows
    ]


def show_table(result: dict[str, Any]) -> None:
    """Every number, what stands beside it, and how each was made."""
    st.header("Table IV of this cohort", anchor=False)
    with_paper = st.toggle("Beside the paper's own figures", **state.shared("validate_paper"))
    frame = files.layout(result, with_paper=with_paper)
    st.dataframe(frame, height="content", column_config=_right(frame))
    st.markdown(
        f"Accuracy in per cent. {files.people_words(result)} Tuned: mean over the leave-two-out folds of the chosen "
        f"setting, population SD. Test: the vote of the fold models. Brackets: {result['intervals']}"
    )
    controls, confounders = st.columns(2, gap="large")
    with controls:
        st.header("Controls", anchor=False)
        st.markdown("\n".join(f"- {said}" for said in words.controls(result)))
    with confounders:
        st.header("What else tells the groups apart", anchor=False)
        if result["confounders"]:
            head, *lines = files.confounder_rows(result)
            st.table([dict(zip(head, line, strict=True)) for line in lines])
            st.markdown("A face model means something where it beats what is known without a face.")
        else:
            st.markdown(files.NO_CONFOUNDERS)
    st.header("Would more people help?", anchor=False)
    st.plotly_chart(charts.learning_curve(result["learning_curve"]), key="learning", config=charts.STILL)
    with st.expander("Every score"):
        _show_scores(result)


def _right(frame: pd.DataFrame) -> dict[Any, Any]:
    right = st.column_config.TextColumn(alignment="right")
    return dict.fromkeys(range(2, 2 + frame.shape[1]), right)


def _show_scores(result: dict[str, Any]) -> None:
    """Scores of the nested estimate and its calibration."""
    import pandas as pd

    names = ("accuracy", "balanced_accuracy", "sensitivity", "specificity", "auroc", "brier")
    lines = [
        {"emotion": row["emotion"], "method": row["method"], "classifier": row["classifier"], "n": row["nested"]["n"]}
        | {name.replace("_", " "): _score(row["nested"], name) for name in names}
        | {"settings tried": row["tuned_cv"]["n_settings"]}
        for row in result["scores"]
    ]
    right = st.column_config.TextColumn(alignment="right")
    picked = st.dataframe(
        pd.DataFrame(lines), hide_index=True, key="scores", on_select="rerun", selection_mode="single-row-required",
        selection_default={"selection": {"rows": [len(lines) - 1]}},
        column_config={name.replace("_", " "): right for name in names},
    )  # fmt: skip
    row = result["scores"][picked.selection.rows[0]]
    st.markdown(f"Nested. Calibration of {row['classifier']}, {row['method']}, {row['emotion']}:")
    st.plotly_chart(charts.calibration_bins(row["nested"]["calibration"]), key="calibration", config=charts.STILL)


def _score(scores: dict[str, Any], name: str) -> str:
    if scores[name] is None:
        return "–"
    low, high = scores[f"{name}_ci"] or (None, None)
    return f"{scores[name]:.2f}" + ("" if low is None else f" [{low:.2f}–{high:.2f}]")


def exports(result: dict[str, Any]) -> list[Download]:
    """The result as JSON, its table as CSV, LaTeX and HTML, all with the notice."""
    caution = {"notice": NOTICE, "simulated": result["simulated"]}
    return [
        Download("Result as JSON", "validation.json", "application/json",
                 lambda: json.dumps({**caution, **result}, indent=2)),
        Download("Table as CSV", "validation.csv", "text/csv", lambda: files.csv(result)),
        Download("Table as LaTeX", "validation.tex", "application/x-tex", lambda: files.latex(result)),
        Download("Report as HTML", "validation.html", "text/html", lambda: files.html(result)),
    ]  # fmt: skip
