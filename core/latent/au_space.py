"""The space the clusters live in: intensities standardised so that no action unit outweighs another by its range."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import UserError
from core.latent.cluster_tree import ClusterTree
from core.latent.inexact import FilledUp, filled_words
from core.latent.s3vae import Collapsed
from core.latent.samplers import synthetic_rows
from core.latent.synthesis import Bounds, Synthetic, synthesise
from core.settings import SamplerSettings
from core.types import MAX_INTENSITY

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.cut import Cut

INTENSITY_BOUNDS = (0.0, MAX_INTENSITY)


@dataclass(frozen=True, eq=False)
class AUSpace:
    """Labelled rows standardised by their own mean and standard deviation (d,), and the cluster tree of them."""

    mean: np.ndarray
    sd: np.ndarray
    tree: ClusterTree

    def standardised(self, values: np.ndarray) -> np.ndarray:
        return (values - self.mean) / self.sd

    def original(self, X: np.ndarray) -> np.ndarray:
        return X * self.sd + self.mean

    def synthesise(
        self, cut: Cut, alpha: float, spread: str, bounds: Bounds | None = INTENSITY_BOUNDS, random_state: int = 0
    ) -> Synthetic:
        """`synthesis.synthesise` for a cut of this tree, its rows on the original scale; bounds: on that scale too."""
        made = synthesise(self.tree, cut, alpha, spread, None, random_state)
        values = self.original(made.X)
        return Synthetic(values if bounds is None else np.clip(values, *bounds), made.y, made.source)


def build_space(
    X: np.ndarray,
    y: np.ndarray,
    n_clusters: int | None = None,
    rule: str = "text",
    random_state: int = 0,
    threshold: float | None = None,
) -> AUSpace:
    """The space of X (n, d) with labels y (n,); a constant column keeps its scale. The rest: see `ClusterTree`."""
    mean, sd = X.mean(axis=0), X.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    tree = ClusterTree(n_clusters=n_clusters, rule=rule, random_state=random_state)
    return AUSpace(mean, sd, tree.fit((X - mean) / sd, y, threshold))


def augment(
    table: pd.DataFrame, label: str, features: Sequence[str], settings: SamplerSettings, random_state: int = 0
) -> pd.DataFrame:
    """The rows of `table` unchanged, then those of a method, with the columns `synthetic` and `source` added.

    source: the cluster that AGCL drew a row from, or the line of the table that another method made it from, the header
    being line 1; `class` where it was made from all rows of its class. A synthetic row has `label` and `features`;
    every other column of it is empty. Where all values of the features lie in 0 to 5, so do the
    synthetic ones. Warns of `FilledUp` where SMOTE had to make some, and of
    `Collapsed` where an S3VAE makes rows that hardly differ.

    Raises UserError for a missing label column or one that holds no classes (one value only, or mostly values of one
    row each), columns `synthetic` or `source` in the table, no feature, or rows with a value that is missing or not a
    number (their lines are listed, the header being line 1).
    """
    import pandas as pd

    X, y = _feature_matrix(table, label, features)
    low, high = INTENSITY_BOUNDS
    bounds = INTENSITY_BOUNDS if X.min() >= low and X.max() <= high else None
    made = synthetic_rows(X, y, settings, bounds, random_state)
    if any(made.n_filled.values()):
        warnings.warn(filled_words(made.n_filled, made.y), FilledUp, stacklevel=2)
    if made.remark:
        warnings.warn(made.remark, Collapsed, stacklevel=2)
    synthetic = pd.DataFrame(made.X, columns=list(features)).assign(**{label: made.y, "synthetic": True})
    lines = [f"line {number}" for number in range(2, len(table) + 2)]
    synthetic["source"] = source_words(made.source, lines, "class")
    real = table.assign(synthetic=False, source="")
    return pd.concat([real, synthetic], ignore_index=True)[list(real.columns)]


def source_words(source: np.ndarray, rows: Sequence[str], whole: str) -> list[str]:
    """Of each synthetic row (q,), what it came from: `rows` names the real ones, `whole` what is not one of them."""
    if source.dtype.kind == "i":
        return [rows[row] if row >= 0 else whole for row in source]
    return [f"cluster {path}" for path in source]


def _feature_matrix(table: pd.DataFrame, label: str, features: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    columns = ", ".join(table.columns)
    if label not in table.columns:
        raise UserError(f"There is no column {label}.", f"The table has: {columns}.", "Name the label column.")
    if "synthetic" in table.columns:
        raise UserError(
            "The table has a column synthetic already.",
            "Synthetic rows made from synthetic rows would pass for real ones.",
            "Give the table of real rows.",
        )
    if "source" in table.columns:
        raise UserError(
            "The table has a column source.",
            "The result names there the cluster each synthetic row came from, and would overwrite it.",
            "Rename that column.",
        )
    if not features:
        raise UserError("No feature columns are left.", f"The table has: {columns}.", "Name the feature columns.")
    numbers = table[list(features)].apply(_numbers).to_numpy(float)
    unlabelled = table[label].isna() | (table[label].astype(str).str.strip() == "")
    broken = ~np.isfinite(numbers).all(axis=1) | unlabelled.to_numpy()
    if broken.any():
        lines = ", ".join(str(line) for line in np.flatnonzero(broken)[:10] + 2)
        raise UserError(
            f"{broken.sum()} of {len(table)} rows have no number in a feature or no label (lines {lines}).",
            "A point with an unknown coordinate has no distance to the others.",
            "Fill in these rows or leave them out.",
        )
    y = table[label].to_numpy()
    _check_classes(label, np.unique(y, return_counts=True)[1])
    return numbers, y


def _check_classes(label: str, counts: np.ndarray) -> None:
    """Raise UserError where the classes of the column `label`, of counts (c,) rows each, are none."""
    if len(counts) < 2:
        raise UserError(
            f"The column {label} holds one class only.",
            "Clusters are judged by how well they separate classes.",
            "Give rows of at least two classes.",
        )
    single = int((counts == 1).sum())
    if 2 * single > len(counts):
        raise UserError(
            f"{single} of the {len(counts)} values in the column {label} are there once only.",
            "A class is what several rows have in common, and this column looks like a measurement or a code.",
            "Name the column that holds the class, for instance the group.",
        )


def _numbers(column: pd.Series) -> pd.Series:
    """The numbers of a column, of text too; NaN where there is none."""
    import pandas as pd

    try:
        return column.astype(float)
    except ValueError:
        # Not for all columns: it misses the last bit of one number in six.
        return pd.to_numeric(column, errors="coerce")
