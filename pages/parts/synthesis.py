"""The rows of one method beside the real ones: what it is asked for, what it made, and where each row came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.latent.features import group_means
from core.settings import AGCLSettings, DuplicationSettings
from core.types import PD
from pages.parts import charts, method_report, space, space_controls

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.cut import Cut
    from core.latent.synthesis import Synthetic
    from core.settings import SamplerSettings


@dataclass(frozen=True)
class Asked:
    """What a method is asked for. settings: None where no rows are wanted. threshold: of AGCL's tree."""

    method: str
    choice: space.Choice
    threshold: float
    settings: SamplerSettings | None


@dataclass(frozen=True)
class Made:
    """The labelled rows, then the synthetic ones of a method, with `synthetic` and `source` on every row.

    name: of the method, and of which where both are the same. cut: of the tree that AGCL drew around, else None; told:
    what another method gave, else None.
    """

    name: str
    rows: pd.DataFrame
    features: tuple[str, ...]
    cut: Cut | None
    asked: Asked
    told: Synthetic | None = None

    @property
    def real(self) -> pd.DataFrame:
        return self.rows[~self.rows["synthetic"]]

    @property
    def synthetic(self) -> pd.DataFrame:
        return self.rows[self.rows["synthetic"]]

    def sources(self, row: pd.Series) -> pd.DataFrame:
        """The real rows that a synthetic one was made from: a person's, those of a cluster, or all of its group."""
        if self.cut is not None:
            members = {f"cluster {cluster.path}": cluster.members for cluster in self.cut.clusters}
            return self.real.iloc[members[row["source"]]]
        own = self.real[self.real["subject"] == row["source"]]
        return own if len(own) else self.real[self.real["group"] == row["group"]]


def ask(method: str, emotion: str, features: str, alpha: float) -> Asked:
    """Draw the controls of a method."""
    if method == "AGCL":
        choice, threshold = space_controls.choose_cut(emotion, features)
        settings = AGCLSettings(alpha, threshold, choice.n_clusters, choice.rule, space_controls.choose_spread())
        return Asked(method, choice, threshold, settings)
    preset = space_controls.PRESET
    choice = space.Choice(emotion, features, preset.n_clusters, preset.rule)
    wanted = None if method == space_controls.NONE else space_controls.choose_sampler(method, alpha)
    return Asked(method, choice, preset.threshold, wanted)


def make(table: pd.DataFrame, table_hash: str, asked: Asked, name: str) -> Made:
    """The rows of a method. Raises `UserError` where the cohort has no two groups of the emotion, or too few rows."""
    here = space.build(table, table_hash, asked.choice)
    cut, told = None, None
    if isinstance(asked.settings, AGCLSettings):
        cut = here.tree.cut(asked.threshold)
        made = space.synthetic_rows(here, cut, asked.settings.alpha, asked.settings.spread)
    else:
        settings = asked.settings or DuplicationSettings(alpha=0)
        made, told = space.rows_by(here, settings), space.made_by(here, settings)
    rows = space.with_provenance(here, made, asked.choice.emotion, asked.method)
    return Made(name, rows, here.features, cut, asked, told)


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Real and synthetic rows of both groups."""
    import pandas as pd

    return pd.DataFrame(
        {
            "group": group,
            "real": int(((rows["group"] == group) & ~rows["synthetic"]).sum()),
            "synthetic": int(((rows["group"] == group) & rows["synthetic"]).sum()),
        }
        for group in ("PD", "control")
    )


def show(made: Made, key: str) -> None:
    """Figure and counts of a method, and in words why a group has no synthetic rows."""
    st.markdown(f"**{made.name}**")
    figure = charts.real_and_synthetic(made.rows, made.features)
    st.plotly_chart(figure, key=key, config=charts.STILL)
    st.dataframe(counts(made.rows), hide_index=True, width="content")
    if made.cut is not None:
        loud, calm = space.coverage_words(made.cut, made.asked.choice.rule)
        if loud:
            st.warning(loud, icon=":material/warning:")
        st.markdown(calm)
    if made.told is not None:
        method_report.show(made.told, key)


def lacking(made: Made) -> str:
    """Why there is no synthetic row to look at."""
    if made.cut is not None and not all(made.cut.coverage.values()):
        return space.coverage_words(made.cut, made.asked.choice.rule)[0]
    return f"{made.name} was asked for no synthetic rows: choose a method, and an α above 0."


def called_means(made: Made) -> dict[str, tuple[str, pd.Series]]:
    """group -> (what to call it, mean intensity of every feature) of the real rows."""
    means = {}
    for group, mean in group_means(made.real, made.features).iterrows():
        who = "PD" if group == PD else "controls"
        n = int((made.real["group"] == group).sum())
        means[str(group)] = f"Real {who}, mean of {n}", mean
    return means
