"""The figures of one clip: both sides of the face, the dynamics of its expression, and its quality."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS
from pages.parts import shell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.faces.reliability import Reliability
    from core.types import Dynamics, Measurement, Quality

EVEN = 0.05
"""Asymmetry below which both sides are called even."""

LEVELS = ("high", "medium", "low")
UNIT_NAMES = {
    "AU01": "inner brow up", "AU02": "outer brow up", "AU04": "brows down and together", "AU05": "upper lid up",
    "AU06": "cheek up", "AU07": "lids tight", "AU09": "nose wrinkled", "AU10": "upper lip up",
    "AU12": "lip corners up", "AU14": "dimple", "AU15": "lip corners down", "AU17": "chin up",
    "AU20": "lips stretched", "AU23": "lips tight", "AU25": "lips apart", "AU26": "jaw down", "AU45": "blink",
}  # fmt: skip
VERDICTS = {"usable": ("Usable", "green", "check_circle"), "warning": ("Usable with warning", "orange", "report"),
            "not usable": ("Not usable", "red", "block")}  # fmt: skip


def sides(measurement: Measurement, frame: int, chosen: Sequence[str]) -> None:
    """Bars of both sides in a frame, the person's right on the left as in the picture, ticks at the peak's values."""
    units, peak = measurement.action_units, measurement.peak_frame
    rows = []
    for column, unit in enumerate(SIDED_ACTION_UNITS):
        cells = {}
        for side, values in (("right", units.right), ("left", units.left)):
            now, best = float(values[frame, column]), float(values[peak if peak is not None else frame, column])
            bar = f'<i style="width: {_share(now):.1f}%"></i><b style="{side_edge(side)}: {_share(best):.1f}%"></b>'
            cells[side] = (f'<td class="number">{number(now)}</td>', f'<td class="{side}"><div>{bar}</div></td>')
        mark = ' class="chosen"' if unit in chosen else ""
        name = f'<th scope="row" title="{UNIT_NAMES[unit]}">{unit}</th>'
        rows.append(f"<tr{mark}>{''.join(cells['right'])}{name}{''.join(reversed(cells['left']))}</tr>")
    head = '<tr><th colspan="2" scope="col">their right</th><td></td><th colspan="2" scope="col">their left</th></tr>'
    st.html(f'<table class="sides"><caption>Both sides in this frame; ticks: at the peak</caption>'
            f'<colgroup><col><col><col><col><col></colgroup>{head}'
            f'{"".join(rows)}</table>')  # fmt: skip


def side_edge(side: str) -> str:
    """The edge from which the bars of a side grow: away from the names in the middle."""
    return "right" if side == "right" else "left"


def dynamics(found: Dynamics | None) -> None:
    """How the expression comes and goes, with units."""
    if found is None:
        st.markdown("Measured by an earlier version, without dynamics: measure the clip again on the page Clips.")
        return
    blinks = f"{number(found.blinks_per_min, 1)} /min"
    amounts = {
        "Amplitude": (number(found.amplitude), "Mean intensity of the emotion's action units at the peak, above rest; "
                      "0 to 5"),
        "Onset time": (with_unit(found.onset_s, "s"), "From 10 to 90 % of the rise to the peak"),
        "Onset speed": (with_unit(found.onset_speed, "/s"), "Intensity gained per second between these"),
        "Hold": (with_unit(found.hold_s, "s"), "Time at 90 % of the peak or above"),
        "Stability": (number(found.hold_stability), "1 - SD / mean of the intensity while held; 1 is perfectly steady"),
        "Asymmetry": (asymmetry_words(found.asymmetry), "(left - right) / (left + right) at the peak; left and right "
                      f"are the person's own; below {EVEN:.0%} is called even"),
        "Blinks": (blinks, f"{found.n_blinks} in this clip, per minute in which a face was seen"),
    }  # fmt: skip
    with st.container(key="dynamics", horizontal=True):
        for name, (value, meaning) in amounts.items():
            st.metric(name, value, help=meaning, width="content")


def reliability_words(units: Sequence[str], known: Mapping[str, Reliability]) -> str:
    """`Reliability: high AU06, AU12; low AU20` of the units that are drawn."""
    levels = {level: [unit for unit in units if unit in known and known[unit].level == level] for level in LEVELS}
    parts = [f"{level} {', '.join(found)}" for level, found in levels.items() if found]
    return f"Reliability: {'; '.join(parts)}" if parts else ""


def over_the_clip(found: Dynamics, known: Mapping[str, Reliability]) -> None:
    """Mean, variance and entropy of every unit over the clip, and how far each can be trusted, folded away."""
    import pandas as pd

    table = pd.DataFrame(
        {
            "unit": ACTION_UNITS,
            "movement": [UNIT_NAMES[unit] for unit in ACTION_UNITS],
            "mean": found.au_mean,
            "variance": found.au_variance,
            "entropy": found.au_entropy,
        }
    )
    if known:
        table["reliability"] = [known[unit].level for unit in ACTION_UNITS]
        table["r"] = [known[unit].r for unit in ACTION_UNITS]
        table["mae"] = [known[unit].mae for unit in ACTION_UNITS]
    two = {"format": "%.2f"}
    with st.expander("Every action unit over the whole clip, and its reliability"):
        st.dataframe(table, hide_index=True, placeholder="–", column_config={
            "unit": "AU", "movement": "Movement", "reliability": "Reliability",
            "mean": st.column_config.NumberColumn("Mean", help="Intensity, 0 to 5", **two),
            "variance": st.column_config.NumberColumn("Variance", help="Intensity squared", **two),
            "entropy": st.column_config.NumberColumn("Entropy (bit)", help="0: always the same; larger: more varied",
                                                     **two),
            "r": st.column_config.NumberColumn("r with truth", help="Correlation with the true intensity, on rendered "
                                               "people that nothing was fitted on", **two),
            "mae": st.column_config.NumberColumn("Error", help="Mean absolute error of the intensity, 0 to 5, on the "
                                                 "same people", **two),
        })  # fmt: skip


def quality(found: Quality) -> None:
    """The verdict, every figure behind it, and the reasons in full."""
    word, colour, icon = VERDICTS[found.verdict]
    amounts = {
        "Frames": (f"{found.frames_read}", "Frames that could be read"),
        "Face found": (f"{100 * found.face_found:.0f} %", "Share of the frames in which a face was found"),
        "Faces": (f"{found.n_faces}", "Most faces seen at once"),
        "Confidence": (number(found.mean_confidence), "Of the face detector, 0 to 1"),
        "Yaw range": (f"{number(found.yaw_range_deg, 1)}°", "Turning of the head to the sides, largest minus smallest"),
        "Pitch range": (f"{number(found.pitch_range_deg, 1)}°", "Nodding, largest minus smallest"),
        "Eye to eye": (f"{number(found.inter_eye_px, 0)} px", "Between the outer corners of the eyes; median"),
        "Sharpness": (number(found.blur, 0), "Variance of the Laplacian in the face; below 30 is blurred"),
        "Brightness": (f"{number(found.exposure, 0)} of 255", "Mean grey level of the face"),
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Quality", anchor=False, width="content")
        st.badge(word, color=colour, icon=f":material/{icon}:")
    if found.reason:
        st.markdown(shell.plain(found.reason))
    with st.container(key="quality", horizontal=True):
        for name, (value, meaning) in amounts.items():
            st.metric(name, value, help=meaning, width="content")


def asymmetry_words(asymmetry: float) -> str:
    """Which side moves more, and by how much: `left 12 %`."""
    if not math.isfinite(asymmetry):
        return "–"
    if abs(asymmetry) < EVEN:
        return "even"
    return f"{'left' if asymmetry > 0 else 'right'} +{abs(asymmetry):.0%}".replace("%", " %")


def number(value: float, decimals: int = 2) -> str:
    """A number as the pages write it, missing as a dash."""
    return f"{value:.{decimals}f}" if math.isfinite(value) else "–"


def with_unit(value: float, unit: str) -> str:
    """A number with two decimals and its unit, missing as a dash alone."""
    return f"{value:.2f} {unit}" if math.isfinite(value) else "–"


def _share(intensity: float) -> float:
    return float(np.nan_to_num(100 * np.clip(intensity / MAX_INTENSITY, 0, 1)))
