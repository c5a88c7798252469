"""Table IV of a cohort as tables and files: the paper's layout, a row a number for machines, LaTeX and HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.screening.method_grids import NONE
from core.screening.report.page import document, paragraphs, table
from core.screening.table_iv.published import TABLE_IV
from core.screening.table_iv.words import controls, findings, several
from core.settings import NOTICE

if TYPE_CHECKING:
    import pandas as pd

TUNED, TEST, NESTED = "tuned ± SD", "test", "nested [95 %]"
PAPER_TUNED, PAPER_TEST = "paper: validation ± SD", "paper: test"


def layout(result: Mapping[str, Any], compared_only: bool = True, with_paper: bool = False) -> pd.DataFrame:
    """In per cent, as text: rows by emotion and method, columns by classifier and number, as the paper prints it.

    compared_only: without the controls. with_paper: beside ours the numbers that the paper prints, where it has any.
    """
    import pandas as pd

    asked = {tuple(pair) for pair in result["compared"]}
    cells: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
    for row in result["rows"]:
        method, classifier = row["method"], row["classifier"]
        if compared_only and (method, classifier) not in asked:
            continue
        line = cells.setdefault((row["emotion"], method), {})
        line[classifier, TUNED] = _tuned(row["validation"]["mean"], row["validation"]["sd"])
        line[classifier, TEST] = _share(row["test"]["accuracy"])
        line[classifier, NESTED] = _rate(row["nested"])
        if with_paper and (printed := TABLE_IV.get((row["emotion"], method, classifier))):
            line[classifier, PAPER_TUNED] = _tuned(printed.validation, printed.sd)
            line[classifier, PAPER_TEST] = _share(printed.test)
    frame = pd.DataFrame.from_dict(cells, orient="index")
    frame.index = pd.MultiIndex.from_tuples(cells, names=["emotion", "method"])
    kinds = (TUNED, TEST, NESTED, PAPER_TUNED, PAPER_TEST)
    classifiers = dict.fromkeys(classifier for _, classifier in result["compared"])
    wanted = [(classifier, kind) for classifier in classifiers for kind in kinds]
    frame = frame.reindex(columns=pd.MultiIndex.from_tuples([each for each in wanted if each in frame.columns]))
    return frame.fillna("–")


def long_table(result: Mapping[str, Any]) -> pd.DataFrame:
    """One row an emotion, method and classifier, every number in a column of its own, shares 0 to 1."""
    import pandas as pd

    asked = {tuple(pair) for pair in result["compared"]}
    differences = {_key(row): row for row in result["differences"]}
    lines = []
    for row in result["rows"]:
        key = _key(row)
        difference, printed = differences.get(key), TABLE_IV.get(key)
        test, nested = row["test"], row["nested"]
        lines.append(
            {
                "emotion": row["emotion"], "method": row["method"], "classifier": row["classifier"],
                "control": key[1:] not in asked,
                "tuned": row["validation"]["mean"], "tuned_sd": row["validation"]["sd"],
                "n_folds": row["validation"]["n_folds"], "n_settings": row["n_settings"],
                "folds_lacking_a_group": row["n_one_sided"],
                "test": test["accuracy"], **_ends("test", test["ci"]), "n_test": test["n"],
                "nested": nested["accuracy"], **_ends("nested", nested["ci"]), "n_nested": nested["n"],
                "nested_less_none": difference and difference["mean"],
                **_ends("nested_less_none", difference and difference["ci"]),
                "test_mcnemar_p": difference and difference.get("test", {}).get("p"),
                "paper_validation": printed and printed.validation, "paper_sd": printed and printed.sd,
                "paper_test": printed and printed.test,
            }
        )  # fmt: skip
    return pd.DataFrame(lines)


def csv(result: Mapping[str, Any]) -> str:
    """`long_table`, with the notice in a column."""
    return long_table(result).assign(simulated=result["simulated"], notice=NOTICE).to_csv(index=False)


def latex(result: Mapping[str, Any]) -> str:
    """`layout` for a document that uses the packages booktabs and multirow, with what it is of in the caption."""
    caption = f"Accuracy in per cent. {people_words(result)} {NOTICE}"
    frame = layout(result).rename_axis(index=["Emotion", "Method"])
    frame = frame.rename(columns={NESTED: "nested [95 \\%]"}).replace("±", r"$\\pm$", regex=True)
    frame = frame.rename(columns=lambda name: name.replace("±", r"$\pm$"))
    return frame.to_latex(
        caption=caption.replace("%", r"\%"), label="tab:validation", multicolumn_format="c", multirow=True,
        column_format="ll" + "r" * frame.shape[1],
    )  # fmt: skip


def html(result: Mapping[str, Any]) -> str:
    """Words, table, controls and how it was made, as one file that needs nothing from outside."""
    told = [
        part
        for found in findings(result)
        for part in (("h3", f"{found.headline}."), *(("p", each) for each in found.sentences))
    ]
    body = [
        paragraphs([("notice", NOTICE), ("p", people_words(result))]),
        paragraphs([("h2", "What was found"), *told, ("p", several(result))]),
        paragraphs([("h2", "Table IV of this cohort, in per cent"), ("p", result["intervals"])]),
        table(_grid(layout(result, with_paper=True)), wide=True),
        paragraphs([("h2", "Controls"), *(("p", each) for each in controls(result))]),
        table(_grid(layout(result, compared_only=False)), wide=True),
        paragraphs([("h2", "What else tells the groups apart")]),
        table(confounder_rows(result)) if result["confounders"] else paragraphs([("p", NO_CONFOUNDERS)]),
        paragraphs([("h2", "How it was made")]),
        table(_provenance(result)),
    ]
    return document("Validation", "SIMULATED" if result["simulated"] else "", "".join(body))


NO_CONFOUNDERS = (
    "The table has no column age, sex, site, protocol or device, so nobody can tell whether these alone would do as "
    "well. Add them to the table of the cohort."
)


def confounder_rows(result: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A head and a row a column that says who a person is or how they were recorded."""
    head = ("column alone", "AUROC [95 %]", "people")
    lines = []
    for row in result["confounders"]:
        low, high = row["ci"] or (None, None)
        area = "–" if low is None else f"{row['auroc']:.2f} [{low:.2f}–{high:.2f}]"
        lines.append((row["column"], area, str(row["n"])))
    return [head, *lines]


def people_words(result: Mapping[str, Any]) -> str:
    """Whom the numbers are of, in two sentences."""
    people = result["people"]
    simulated = "simulated " if result["simulated"] else ""
    return (
        f"{people['n']} {simulated}people, {people['n_pd']} with PD; {people['n_test']} of them held out for the test. "
        f"Nested: {result['nested']['n_outer']} parts of the people, {result['nested']['n_repeats']} repeats."
    )


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["emotion"], row["method"], row["classifier"]


def _ends(name: str, ci: Sequence[float] | None) -> dict[str, float | None]:
    low, high = ci or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}


def _tuned(mean: float, sd: float | None) -> str:
    return f"{100 * mean:.2f}" + ("" if sd is None else f" ± {100 * sd:.2f}")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f}"


def _rate(found: Mapping[str, Any]) -> str:
    if found["accuracy"] is None:
        return "–"
    low, high = found["ci"]
    return f"{100 * found['accuracy']:.2f} [{100 * low:.0f}–{100 * high:.0f}]"


def _grid(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    head = ("emotion", "method", *(f"{classifier}, {kind}" for classifier, kind in frame.columns))
    lines = [
        (emotion, "no synthetic rows" if method == NONE else method, *cells)
        for (emotion, method), cells in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    ]
    return [head, *lines]


def _provenance(result: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows = [("what", "value"), ("rows, SHA-256", result["input_hash"])]
    rows += [(name, str(value)) for name, value in result["settings"].items()]
    return [*rows, *result["versions"].items()]
