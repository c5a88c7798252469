"""Latent space: the map of one emotion, its clusters, and how the threshold cuts the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.errors import UserError
from core.scales import mixture
from pages.parts import charts, cluster_table, projection, shell, space, space_controls, state, tables
from pages.parts.trouble import told

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.cut import Cut
    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace


@st.fragment
@told()
def explore(ws: Workspace, cohort: Cohort, table: pd.DataFrame) -> None:
    """Controls and the figures they move; only this part runs again when a control moves."""
    left, right = shell.workbench()
    with left:
        choice, threshold = space_controls.choose_tree()
        alpha, spread = space_controls.choose_synthesis()
    try:
        here = space.build(table, cohort.table_hash, choice)
    except UserError as error:
        with right:
            shell.show_error(error)
        return
    cut = here.tree.cut(threshold)
    made = space.synthetic_rows(here, cut, alpha, spread)
    with right:
        show_map(ws, cohort, choice, here, cut, made)
        say_coverage(cut, choice, len(made))
        say_left_out(here)
    show_clusters(choice, here, cut)


def show_map(
    ws: Workspace, cohort: Cohort, choice: space.Choice, here: space.Space, cut: Cut, made: pd.DataFrame
) -> None:
    """The map with hulls, real and synthetic rows; what else comes and goes stands beside or below it."""
    X_made = here.au_space.standardised(made[list(here.features)].to_numpy(float))
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = state.one_of("Map", (projection.UMAP, projection.PCA), projection.UMAP, "map",
                              label_visibility="collapsed", width="content")  # fmt: skip
        Z, Z_made, shown = projection.positions(ws, cohort.table_hash, choice, here, X_made, wanted)
    rows = here.rows.assign(x=Z[:, 0], y=Z[:, 1])
    made = made.assign(x=Z_made[:, 0], y=Z_made[:, 1])
    figure = charts.latent_map(rows, cut.clusters, made, here.features, projection.AXES[shown])
    st.plotly_chart(figure, key="latent_map", config=charts.ZOOMED)


def say_coverage(cut: Cut, choice: space.Choice, n_made: int) -> None:
    """Who sits in pure clusters, loudly when a group gets nothing."""
    loud, calm = space.coverage_words(cut, choice.rule)
    if loud:
        st.warning(loud, icon=":material/warning:")
    st.markdown(f"{calm} {n_made} synthetic rows.")


def say_left_out(here: space.Space) -> None:
    """Rows that are on the map and not in the tree, and rows on neither."""
    n_unknown = len(here.rows) - here.n_labelled
    if n_unknown:
        st.markdown(f"Grey diamonds: {n_unknown} of unknown group, shown but never clustered or trained on.")
    if mixed := mixture(here.rows):
        st.warning(f"{shell.plain(mixed)}: clusters may be those of backends.", icon=":material/warning:")
    if here.skipped:
        st.markdown(f"{here.skipped} rows with missing action units are left out.")


def show_clusters(choice: space.Choice, here: space.Space, cut: Cut) -> None:
    """The tree, the criteria with the threshold, the elbow and the table of clusters."""
    nodes = here.tree.nodes_
    with st.container(key="below-workbench"):
        left, right = st.columns([1, 2.3], gap="medium")
    with left:
        st.markdown("**SC of mixed clusters**", help="Shaded: those that the threshold splits.")
        sc = nodes.sc[~np.isnan(nodes.sc)]
        st.plotly_chart(charts.sc_histogram(sc, cut.threshold, choice.rule), key="sc_histogram", config=charts.STILL)
        if here.tree.inertias_:
            st.markdown(f"**Elbow:** k = {here.tree.n_clusters_}")
            st.plotly_chart(charts.elbow(here.tree.inertias_, here.tree.n_clusters_), key="elbow", config=charts.STILL)
    with right:
        st.markdown(f"**Tree of clusters at threshold {cut.threshold:.2f}**")
        st.plotly_chart(charts.tree(cut.clusters), key="tree", config=charts.STILL)
        height = 250 if len(cut.clusters) > 6 else "content"
        st.dataframe(cluster_table.styled(cut.clusters), hide_index=True, height=height, placeholder="–")


ws = shell.guard()
shell.header("Latent space", "How well action units separate PD from controls, and which clusters can be enlarged.",
             terms=("UMAP", "PCA", "cluster tree", "CSM", "entropy", "SC", "threshold", "rule", "elbow", "pure",
                    "coverage", "alpha", "spread", "synthetic"))  # fmt: skip
cohort = shell.cohort_in_use(ws)
if cohort is None:
    shell.empty("No cohort yet", "The AU space is drawn from a cohort: load the simulated demo cohort, measure your "
                "own clips, or import an AU table.", "home", "Go to Home")  # fmt: skip
else:
    explore(ws, cohort, tables.table_of(ws, cohort))
