"""Figures: pure functions from data to `plotly.graph_objects.Figure`, readable in light and dark; no streamlit here."""

from pages.parts.charts.certainty import calibration_curve, risk_coverage
from pages.parts.charts.clusters import elbow, sc_histogram, threshold_path, tree
from pages.parts.charts.compared import listed, side_by_side
from pages.parts.charts.curves import au_curves
from pages.parts.charts.differences import group_differences
from pages.parts.charts.evidence import accuracies, votes
from pages.parts.charts.evolution import search_curves
from pages.parts.charts.latent_map import (
    COLOURS,
    KINDS,
    SHAPES,
    Outline,
    latent_map,
    parted,
    point_colours,
    rounded_hull,
)
from pages.parts.charts.likeness import correlation_differences, distributions, nearest_records
from pages.parts.charts.palette import STILL, ZOOMED
from pages.parts.charts.people_seen import calibration_bins, learning_curve
from pages.parts.charts.printed import au_curves_file
from pages.parts.charts.printed_differences import group_differences_file
from pages.parts.charts.printed_map import latent_map_file
from pages.parts.charts.profiles import person_in_groups, profile, real_and_synthetic
from pages.parts.charts.studies import arms, by_rate, fitness_by_class, learning_by_epoch
from pages.parts.charts.training import evolution_curves, gan_curves, latent_sets
from pages.parts.charts.vae import codes_map, sweep_lines, unit_kl, vae_curves

__all__ = [
    "COLOURS",
    "KINDS",
    "SHAPES",
    "STILL",
    "ZOOMED",
    "Outline",
    "accuracies",
    "arms",
    "au_curves",
    "au_curves_file",
    "by_rate",
    "calibration_bins",
    "calibration_curve",
    "codes_map",
    "correlation_differences",
    "distributions",
    "elbow",
    "evolution_curves",
    "fitness_by_class",
    "gan_curves",
    "group_differences",
    "group_differences_file",
    "latent_map",
    "latent_map_file",
    "latent_sets",
    "learning_by_epoch",
    "learning_curve",
    "listed",
    "nearest_records",
    "parted",
    "person_in_groups",
    "point_colours",
    "profile",
    "real_and_synthetic",
    "risk_coverage",
    "rounded_hull",
    "sc_histogram",
    "search_curves",
    "side_by_side",
    "sweep_lines",
    "threshold_path",
    "tree",
    "unit_kl",
    "vae_curves",
    "votes",
]
