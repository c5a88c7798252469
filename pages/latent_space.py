"""Latent space: the map of one emotion, its clusters, and how the threshold cuts the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.errors import UserError
from core.latent.features import AUTOMATIC
from core.scales import mixture
from pages.parts import (
    charts,
    cluster_table,
    compare_people,
    picture,
    projection,
    shell,
    space,
    space_controls,
    space_exports,
    state,
    tables,
    threshold_drag,
)
from pages.parts.live import live

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.cut import Cut
    from core.settings import SamplerSettings
    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace
    from pages.parts.picture import Picture


def explore(ws: Workspace, cohort: Cohort, table: pd.DataFrame) -> None:
    """Controls and the figures they move; only this part runs again when a control moves."""
    left, right = shell.workbench()
    with left:
        choice, threshold = space_controls.choose_tree(everything=True)
        readout = st.container()
        method, settings = space_controls.choose_synthetic(choice, threshold)
    try:
        here = space.build(table, cohort.table_hash, choice)
    except UserError as error:
        with right:
            shell.show_error(error)
        return
    cut = here.tree.cut(threshold)
    with right:
        colour, shape, shown = show_map(ws, cohort, choice, here, cut, method, settings)
        say_coverage(cut, choice, method, int(shown.synthetic_at(threshold).sum()))
        say_left_out(here, choice)
        compare_people.show(ws, here, (cohort.table_hash, choice))
    with readout:
        threshold_drag.follow(shown, colour, shape)
    show_clusters(choice, here, cut)


def show_map(
    ws: Workspace, cohort: Cohort, choice: space.Choice, here: space.Space, cut: Cut, method: str,
    settings: SamplerSettings,
) -> tuple[str, str, Picture]:  # fmt: skip
    """The map with hulls, real and synthetic rows, and what chooses its looks; what else comes and goes stands below.

    Returns what colour and shape tell, and the picture.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", key="map-bar"):
        wanted = state.one_of("Map", (projection.UMAP, projection.PCA), projection.UMAP, "map", width="content")
        colour, shape = space_controls.choose_looks(choice)
        bar = st.container(horizontal=True, width="content")
    note = st.container()
    with note:
        shown = picture.build(here, cohort.table_hash, choice, method, settings,
                              projection.available(ws, cohort.table_hash, choice, here, wanted))  # fmt: skip
    with bar:
        shell.export_menu(space_exports.exports(cohort, choice, method, settings, shown, cut))
    figure = charts.latent_map(shown.rows_at(cut), shown.outlines_at(cut), shown.drawn(cut.threshold), here.features,
                               shown.axes, colour, shape)  # fmt: skip
    context = (cohort.table_hash, choice)
    st.plotly_chart(figure, key=compare_people.MAP, config=charts.ZOOMED, selection_mode=("lasso", "box"),
                    on_select=lambda: compare_people.remember_lasso(context))  # fmt: skip
    return colour, shape, shown


def say_coverage(cut: Cut, choice: space.Choice, method: str, n_made: int) -> None:
    """Who sits in pure clusters, loudly when a group gets nothing."""
    loud, calm = space.coverage_words(cut, choice.rule)
    if loud and method == "AGCL":
        st.warning(loud, icon=":material/warning:")
    st.markdown(f"{calm} {n_made} synthetic rows.")


def say_left_out(here: space.Space, choice: space.Choice) -> None:
    """Rows that are on the map and not in the tree, rows on neither, and who chose the action units."""
    n_unknown = len(here.rows) - here.n_labelled
    if n_unknown:
        st.markdown(f"Grey diamonds: {n_unknown} of unknown group, shown but never clustered or trained on.")
    if mixed := mixture(here.rows):
        st.warning(f"{shell.plain(mixed)}: clusters may be those of backends.", icon=":material/warning:")
    if here.skipped:
        st.markdown(f"{here.skipped} rows with missing values are left out.")
    if choice.features == AUTOMATIC:
        st.info(f"Chosen on everybody shown: {', '.join(here.features)}. That is for looking; how well they tell the "
                "groups apart is judged on Validation, where each fold chooses its own.",
                icon=":material/balance:")  # fmt: skip


def show_clusters(choice: space.Choice, here: space.Space, cut: Cut) -> None:
    """The tree, the criteria with the threshold, what every threshold covers, the elbow and the table of clusters."""
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
        st.markdown("**Every threshold**", help="What each threshold makes of the tree; the line is where it stands.")
        st.plotly_chart(charts.threshold_path(here.path, cut.threshold), key="threshold_path",
                        config=charts.STILL)  # fmt: skip
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
    live(explore, ws, cohort, tables.table_of(ws, cohort))
