"""Table IV as files: the paper's layout, nothing lost, nothing fetched from outside."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from core.screening.paper_protocol import run
from core.screening.table_iv import files
from core.screening.table_iv.published import TABLE_IV
from core.screening.table_iv.rows import MAJORITY
from core.settings import NOTICE, ValidationSettings
from core.workspace.demo import demo_table


@pytest.fixture(scope="module")
def result() -> dict:
    """A real run on a small grid, as it comes back from the store."""
    table = demo_table()
    table["age"] = table["subject"].map({s: 50 + i % 30 for i, s in enumerate(sorted(table["subject"].unique()))})
    settings = ValidationSettings(("kNN", "SVM"), ("AGCL",), alphas=(2.0,), n_thresholds=2, n_folds=3)
    return json.loads(json.dumps(run(table[table["emotion"].isin(["anger", "fear"])], settings), allow_nan=False))


def test_the_printed_table_is_whole_and_gives_the_papers_mean_gain() -> None:
    assert len(TABLE_IV) == 6 * 4 * 4
    tested = {"anger": 13, "happiness": 18, "disgust": 13, "fear": 13, "surprise": 16, MAJORITY: 18}
    right = 0.0
    for (emotion, method, classifier), told in TABLE_IV.items():
        n = tested[emotion]
        assert abs(told.test * n - round(told.test * n)) < 0.01
        if method == "none" and emotion != MAJORITY:
            right += n * (TABLE_IV[emotion, "AGCL", classifier].test - told.test)
    assert 100 * right / 4 / (13 + 18 + 13 + 13 + 16) == pytest.approx(9.9, abs=0.05)


def test_layout_is_the_papers(result: dict) -> None:
    frame = files.layout(result, with_paper=True)
    assert list(frame.index) == [(e, m) for e in ("anger", "fear", MAJORITY) for m in ("none", "AGCL")]
    kinds = ["tuned ± SD", "test", "nested [95 %]"]
    papers = ["paper: validation ± SD", "paper: test"]
    assert list(frame.columns) == [
        (classifier, kind)
        for classifier, shown in (("kNN", kinds + papers), ("SVM", kinds + papers), ("logistic regression", kinds))
        for kind in shown
    ]
    first = result["rows"][0]
    assert frame.loc[("anger", "none"), ("kNN", "test")] == f"{100 * first['test']['accuracy']:.2f}"
    assert frame.loc[("anger", "AGCL"), ("kNN", "paper: validation ± SD")] == "60.00 ± 40.00"
    assert frame.loc[("anger", "AGCL"), ("logistic regression", "test")] == "–"
    everything = files.layout(result, compared_only=False)
    assert ("fear", "size-matched duplication") in everything.index


def test_the_csv_holds_every_number(result: dict) -> None:
    table = pd.read_csv(io.StringIO(files.csv(result)))
    assert len(table) == len(result["rows"])
    assert set(table["notice"]) == {NOTICE}
    assert table["nested"].tolist() == pytest.approx([row["nested"]["accuracy"] for row in result["rows"]])
    assert table.loc[table["control"], "method"].unique().tolist() == ["duplication", "size-matched duplication"]
    helped = table[(table["method"] == "AGCL") & (table["classifier"] == "SVM")]["nested_less_none"]
    assert helped.tolist() == pytest.approx(
        [d["mean"] for d in result["differences"] if (d["method"], d["classifier"]) == ("AGCL", "SVM")]
    )


def test_the_latex_is_balanced_and_has_all_rows(result: dict, tmp_path: Path) -> None:
    written = files.latex(result)
    lines = [line for line in written.splitlines() if line.endswith(r"\\") and "&" in line]
    assert {line.count("&") for line in lines if "multicolumn" not in line} == {1 + 9}
    assert written.count("{") == written.count("}")
    assert not re.search(r"(?<!\\)%", written)
    assert NOTICE in written
    if shutil.which("pdflatex"):
        (tmp_path / "t.tex").write_text(
            "\\documentclass{article}\\usepackage{booktabs,multirow}\\begin{document}" + written + "\\end{document}"
        )
        subprocess.run(["pdflatex", "-halt-on-error", "t.tex"], cwd=tmp_path, check=True, capture_output=True)


def test_the_html_needs_nothing_and_says_everything(result: dict) -> None:
    written = files.html(result)
    assert written == files.html(result)
    assert not re.search(r"(src|href)=|https?:|@import|url\(", written)
    for told in (NOTICE, "SIMULATED", "On this cohort AGCL", result["input_hash"], "labels dealt anew", "0.5", "age"):
        assert told in written
    hostile = {**result, "settings": {**result["settings"], "features": "<script>alert(1)</script>"}}
    assert "<script>" not in files.html(hostile)


def test_confounders_are_a_row_each(result: dict) -> None:
    head, age = files.confounder_rows(result)
    assert head[1].startswith("AUROC")
    assert age[0] == "age"
    assert re.fullmatch(r"0\.\d\d \[0\.\d\d–[01]\.\d\d\]", age[1])
