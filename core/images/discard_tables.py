"""A discard study as tables and files: the layouts of the paper's Tables 5 to 7, a row a number, CSV and LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.images.published_discards import GROUPS, METRICS, RESOLUTIONS, TABLE_7, TABLES_5_AND_6, per_cent
from core.images.settings import C_VAE, DISCARD, S3VAE
from core.images.study_tables import ends, latex_text, share, with_interval
from core.settings import NOTICE

if TYPE_CHECKING:
    import pandas as pd

MISSING = "–"
OURS, THEIRS = "F1.5 of the discarded", "F1.5"
"""Heads of the columns: on test images, and as the paper measures it."""
WRITTEN = {
    "accuracy": "Accuracy", "precision": "Precision", "recall": "Recall", "f15": "F1.5",
    "macro_precision": "Macro precision", "macro_recall": "Macro recall", "macro_f15": "Macro F1.5",
}  # fmt: skip


def group_layout(result: Mapping[str, Any], with_paper: bool = False) -> pd.DataFrame:
    """Every rate and arm but the C-VAE, means, as text: the columns of Tables 5 and 6, the arm's name, and `OURS`.

    with_paper: below, the rows that the paper prints, under the names of the tables that they stand in.
    """
    import pandas as pd

    columns = ["Dataset", "Data discard rate", "Experimental group number", "Arm", "Accuracy", THEIRS, OURS]
    lines = [
        [result["name"], per_cent(row["rate"]), _group(row["arm"]), row["arm"], *_cells(row)]
        for row in result["rows"]
        if row["arm"] != C_VAE
    ]
    if with_paper:
        lines += [
            [f"paper, Table {row.table}: {row.dataset}", per_cent(row.rate), _group(row.arm), row.arm,
             share(row.accuracy), _printed(row.f15), MISSING]
            for row in TABLES_5_AND_6
        ]  # fmt: skip
    return pd.DataFrame(lines, columns=columns)


def model_layout(result: Mapping[str, Any], with_paper: bool = False) -> pd.DataFrame:
    """Every rate of the two VAEs, means, as text: the columns of Table 7, and `OURS`. Empty without a VAE."""
    import pandas as pd

    columns = ["Model", "Dataset (resolution)", "Data discard rate", "L", "K", "σ", "Accuracy", THEIRS, OURS]
    side = result["settings"]["size_px"]
    lines = []
    for row in result["rows"]:
        if vae := result["vaes"].get(row["arm"]):
            sigma = f"{vae['sigma']:g}" if row["arm"] == S3VAE else "/"
            which = [row["arm"], f"{result['name']} ({side}×{side})", per_cent(row["rate"])]
            lines.append([*which, str(vae["n_layers"]), f"{vae['K']:g}", sigma, *_cells(row)])
    if with_paper:
        lines += [
            [row.arm, f"paper: {row.dataset} ({RESOLUTIONS[row.dataset]})", per_cent(row.rate), "5", "0.1",
             "0.1" if row.arm == S3VAE else "/", share(row.accuracy), _printed(row.f15), MISSING]
            for row in TABLE_7
        ]  # fmt: skip
    return pd.DataFrame(lines, columns=columns)


def interval_layout(result: Mapping[str, Any]) -> pd.DataFrame:
    """A row a rate and arm: mean [95 %] over the repeats of every metric, and what it brings, less `DISCARD`."""
    import pandas as pd

    brings = {
        (row["rate"], row["arm"]): row["metrics"]["f15"] for row in result["differences"] if row["than"] == DISCARD
    }
    lines = [
        [
            per_cent(row["rate"]), row["arm"], *(with_interval(row["metrics"][name]) for name in METRICS),
            with_interval(brings.get((row["rate"], row["arm"])), "+.3f"),
            f"{row['n_left']:.0f} + {row['n_added']:.0f}",
        ]
        for row in result["rows"]
    ]  # fmt: skip
    heads = [WRITTEN[name] for name in METRICS]
    return pd.DataFrame(lines, columns=["Discarded", "Arm", *heads, "F1.5 less discard", "Images left + added"])


def long_table(result: Mapping[str, Any]) -> pd.DataFrame:
    """One row a rate, arm, metric and what it is measured on, every number in a column of its own, shares 0 to 1."""
    import pandas as pd

    less = {(row["rate"], row["arm"], row["than"]): row["metrics"] for row in result["differences"]}
    thans = list(dict.fromkeys(than for _, _, than in less))
    lines = []
    for row in result["rows"]:
        for kind, metrics, repeats in _measured(row):
            for name, found in metrics.items():
                line = {
                    "images": result["name"], "rate": row["rate"], "arm": row["arm"], "group": _group(row["arm"]),
                    "measured_on": kind, "metric": name, "mean": found["mean"], **ends("mean", found["ci"]),
                    **{f"repeat_{number + 1}": repeat[name] for number, repeat in enumerate(repeats)},
                }  # fmt: skip
                for than in thans:
                    key = f"less_{than.replace(' ', '_').replace('-', '_').lower()}"
                    each = less.get((row["rate"], row["arm"], than), {}).get(name) if kind == "test" else None
                    line |= {key: each and each["mean"], **ends(key, each and each["ci"])}
                    line[f"{key}_p"] = each and each["p"]
                lines.append({**line, "images_left": row["n_left"], "images_added": row["n_added"]})
    return pd.DataFrame(lines)


def csv(result: Mapping[str, Any]) -> str:
    """`long_table`, with the notice in a column."""
    return long_table(result).assign(notice=NOTICE).to_csv(index=False)


def latex(result: Mapping[str, Any]) -> str:
    """`group_layout` and, where there are VAEs, `model_layout`, for a document that uses the package booktabs."""
    frames = {"tab:discard": group_layout(result), "tab:discard-models": model_layout(result)}
    said = f"{images_words(result)} {NOTICE}"
    return "\n".join(
        frame.rename(columns={"σ": "sigma"}).to_latex(
            index=False, caption=latex_text(said), label=label, column_format="l" * (frame.shape[1] - 3) + "rrr",
            escape=True,
        )
        for label, frame in frames.items()
        if len(frame)
    ).replace("×", r"$\times$").replace("–", "--")  # fmt: skip


def images_words(result: Mapping[str, Any]) -> str:
    """Of which images the numbers are, and by what, in four sentences."""
    n_train, n_test = (sum(result[side].values()) for side in ("n_train", "n_test"))
    settings = result["settings"]
    return (
        f"{n_train + n_test} images of {len(result['classes'])} classes, {n_train} to train on and {n_test} to test "
        f"on; {discarded_words(result)} {'lose' if len(result['discarded']) > 1 else 'loses'} images. "
        f"{settings['network']}, at most {settings['epochs']} epochs, mean of {settings['n_repeats']} repeats. "
        f"{OURS}: on the test images. {THEIRS}: as the paper has it, on the training data, of the images whose class "
        "was not discarded."
    )


def discarded_words(result: Mapping[str, Any]) -> str:
    """`class 3`, or `each class`."""
    return "each class" if len(result["discarded"]) > 1 else f"class {result['discarded'][0]}"


def _measured(row: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any], Sequence[Mapping[str, float]]]]:
    yield "test", row["metrics"], row["repeats"]
    if row["paper_metrics"]:
        yield "training, as the paper", row["paper_metrics"], row["paper_repeats"]


def _cells(row: Mapping[str, Any]) -> list[str]:
    """Accuracy, the paper's F1.5 and ours."""
    paper = row["paper_metrics"]
    f15 = [_printed(paper["f15"]["mean"]) if paper else MISSING, _printed(row["metrics"]["f15"]["mean"])]
    return [share(row["metrics"]["accuracy"]["mean"]), *f15]


def _group(arm: str) -> str:
    return str(GROUPS.get(arm, MISSING))


def _printed(f15: float) -> str:
    return f"{100 * f15:.3f}%"
