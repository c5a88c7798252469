"""An augmentation study as tables and files: the paper's layout, a row a number for machines, CSV and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.images.published_study import COLUMNS, TABLE_4, seeds
from core.images.settings import EVOLVED_SET, ORIGINAL
from core.settings import NOTICE

if TYPE_CHECKING:
    import pandas as pd

PRINTED = {ORIGINAL: ("Original", "Model"), EVOLVED_SET: ("Augmented", "Seed")}
"""Arm -> the paper's names of its mean and of its seeds."""


def layout(result: Mapping[str, Any], with_paper: bool = False) -> pd.DataFrame:
    """Shares with three decimals, as text: rows by arm, its mean and then its seeds, columns as the paper's Table 4.

    with_paper: below the seeds of the two arms that the paper has, the rows that it prints.
    """
    import pandas as pd

    lines: dict[tuple[str, str], list[str]] = {}
    for row in result["arms"]:
        arm = row["arm"]
        lines[arm, "mean"] = [share(row["metrics"][name]["mean"]) for name in COLUMNS]
        for seed, metrics in enumerate(row["seeds"]):
            lines[arm, f"seed {seed}"] = [share(metrics[name]) for name in COLUMNS]
        if with_paper and arm in PRINTED:
            whole, each = PRINTED[arm]
            printed = {whole: TABLE_4[whole], **{f"{each}-{i}": row for i, row in enumerate(seeds(each))}}
            for name, values in printed.items():
                lines[arm, f"paper: {name}"] = [share(values[metric]) for metric in COLUMNS]
    frame = pd.DataFrame.from_dict(lines, orient="index", columns=list(COLUMNS.values()))
    frame.index = pd.MultiIndex.from_tuples(lines, names=["arm", "row"])
    return frame


def interval_layout(result: Mapping[str, Any]) -> pd.DataFrame:
    """A row an arm: mean [95 %] over the seeds in every column, and what it brings in accuracy, less the originals."""
    import pandas as pd

    brings = {row["arm"]: row["metrics"]["accuracy"] for row in result["differences"] if row["than"] == ORIGINAL}
    lines = {}
    for row in result["arms"]:
        cells = [with_interval(row["metrics"][name]) for name in COLUMNS]
        lines[row["arm"]] = [*cells, with_interval(brings.get(row["arm"]), "+.3f")]
    columns = [*COLUMNS.values(), "Acc less original"]
    return pd.DataFrame.from_dict(lines, orient="index", columns=columns).rename_axis("arm")


def long_table(result: Mapping[str, Any]) -> pd.DataFrame:
    """One row an arm and metric, every number in a column of its own, shares 0 to 1; what the paper prints beside."""
    import pandas as pd

    differences = {(row["arm"], row["than"]): row["metrics"] for row in result["differences"]}
    lines = []
    for row in result["arms"]:
        for name in COLUMNS:
            found = row["metrics"][name]
            less = differences.get((row["arm"], ORIGINAL), {}).get(name)
            others = {
                f"less_{than.replace(' ', '_')}": metrics[name]
                for (arm, than), metrics in differences.items()
                if arm == row["arm"] and than != ORIGINAL
            }
            lines.append(
                {
                    "arm": row["arm"], "metric": name, "mean": found["mean"], **ends("mean", found["ci"]),
                    **{f"seed_{seed}": metrics[name] for seed, metrics in enumerate(row["seeds"])},
                    "less_original": less and less["mean"], **ends("less_original", less and less["ci"]),
                    "paired_p": less and less["p"], "welch_p": less and less["welch_p"],
                    **{key: value["mean"] for key, value in others.items()},
                    **{end: x for key, value in others.items() for end, x in ends(key, value["ci"]).items()},
                    "originals_in_training": row["n_originals"], "synthetic_in_training": row["n_synthetic"],
                    "paper": TABLE_4[PRINTED[row["arm"]][0]][name] if row["arm"] in PRINTED else None,
                }
            )  # fmt: skip
    return pd.DataFrame(lines)


def csv(result: Mapping[str, Any]) -> str:
    """`long_table`, with the notice in a column."""
    return long_table(result).assign(notice=NOTICE).to_csv(index=False)


def latex(result: Mapping[str, Any]) -> str:
    """`layout` for a document that uses the packages booktabs and multirow, with what it is of in the caption."""
    frame = layout(result).rename_axis(index=["Data", ""])
    return frame.to_latex(
        caption=latex_text(f"{images_words(result)} {NOTICE}"), label="tab:augmentation", multirow=True,
        column_format="ll" + "r" * frame.shape[1], escape=True,
    )  # fmt: skip


def latex_text(text: str) -> str:
    """With the characters that LaTeX takes for commands, as they may stand in the name of a class, made plain."""
    return re.sub(r"([&%$#_{}])", r"\\\1", text)


def images_words(result: Mapping[str, Any]) -> str:
    """Of which images the numbers are, in two sentences."""
    n_train, n_test = (sum(result[side].values()) for side in ("n_train", "n_test"))
    settings = result["settings"]
    return (
        f"{n_train + n_test} images of {len(result['classes'])} classes, {n_train} to train on and {n_test} to test "
        f"on. {settings['network']}, {settings['epochs']} epochs, mean of {settings['n_folds']} fold models a seed."
    )


def share(value: float) -> str:
    """A share as the papers print it: three decimals."""
    return f"{value:.3f}"


def with_interval(found: Mapping[str, Any] | None, digits: str = ".3f") -> str:
    """`mean [low to high]` of what `core.images.seed_statistics` gives; missing as `–`."""
    if found is None:
        return "–"
    mean, *both = (format(round(value, 3) + 0.0, digits) for value in (found["mean"], *(found["ci"] or ())))
    return f"{mean} [{both[0]} to {both[1]}]" if both else mean


def ends(name: str, ci: Sequence[float] | None) -> dict[str, float | None]:
    """The ends of an interval as columns `name_low` and `name_high`."""
    low, high = ci or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}
