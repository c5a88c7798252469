"""Figures: pure functions from data to `plotly.graph_objects.Figure`, readable in light and dark; no streamlit here."""

from pages.parts.charts.curves import au_curves
from pages.parts.charts.differences import group_differences
from pages.parts.charts.evidence import accuracies, votes
from pages.parts.charts.evolution import search_curves
from pages.parts.charts.palette import STILL, ZOOMED
from pages.parts.charts.printed import au_curves_file
from pages.parts.charts.printed_differences import group_differences_file
from pages.parts.charts.profiles import person_in_groups, real_and_synthetic
from pages.parts.charts.space import elbow, latent_map, sc_histogram, tree

__all__ = [
    "STILL",
    "ZOOMED",
    "accuracies",
    "au_curves",
    "au_curves_file",
    "elbow",
    "group_differences",
    "group_differences_file",
    "latent_map",
    "person_in_groups",
    "real_and_synthetic",
    "sc_histogram",
    "search_curves",
    "tree",
    "votes",
]
