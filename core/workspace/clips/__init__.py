"""Clips that were taken in: labels, measurements, and the rows they give to an AU table."""

from core.workspace.clips.deletion import delete_video, erase_removed, remove_clips, restore_clips
from core.workspace.clips.labels import relabel
from core.workspace.clips.measurements import load_measurement, rows_of, save_measurement, save_unusable
from core.workspace.clips.records import NEUTRAL, Clip, get_clip, list_clips, neutral_clip_of

__all__ = [
    "NEUTRAL",
    "Clip",
    "delete_video",
    "erase_removed",
    "get_clip",
    "list_clips",
    "load_measurement",
    "neutral_clip_of",
    "relabel",
    "remove_clips",
    "restore_clips",
    "rows_of",
    "save_measurement",
    "save_unusable",
]
