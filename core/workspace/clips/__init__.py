"""Clips that were taken in: labels, measurements, and the rows they give to an AU table."""

from core.workspace.clips.by_hand import correct_neutral, correct_peak, corrections, undo_correction
from core.workspace.clips.deletion import delete_video, erase_removed, remove_clips, restore_clips
from core.workspace.clips.history import Correction
from core.workspace.clips.labels import relabel
from core.workspace.clips.measurements import load_measurement, load_mesh, save_measurement, save_unusable
from core.workspace.clips.records import NEUTRAL, Clip, get_clip, list_clips, neutral_clip_of
from core.workspace.clips.rows import rows_of

__all__ = [
    "NEUTRAL",
    "Clip",
    "Correction",
    "correct_neutral",
    "correct_peak",
    "corrections",
    "delete_video",
    "erase_removed",
    "get_clip",
    "list_clips",
    "load_measurement",
    "load_mesh",
    "neutral_clip_of",
    "relabel",
    "remove_clips",
    "restore_clips",
    "rows_of",
    "save_measurement",
    "save_unusable",
    "undo_correction",
]
