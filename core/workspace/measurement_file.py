"""A measurement as a file of arrays (npz without objects) and a JSON description beside it in the database."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.types import ActionUnits, Measurement, Quality


def arrays_of(measurement: Measurement) -> bytes:
    """The curves of a measurement, and the features they were computed from, as the content of an npz file."""
    import numpy as np

    buffer = io.BytesIO()
    features = {} if measurement.features is None else {"features": measurement.features}
    np.savez_compressed(buffer, **features, **vars(measurement.action_units))
    return buffer.getvalue()


def description_of(measurement: Measurement) -> dict[str, Any]:
    """The rest of a measurement, but for what follows from its emotion and its peak frame."""
    return {
        "emotion": measurement.emotion,
        "neutral": measurement.neutral,
        "quality": asdict(measurement.quality),
        "backend": measurement.backend,
        "versions": measurement.versions,
    }


def read(
    path: Path, description: dict[str, Any], emotion: str, peak_frame: int | None, corrected: tuple[str, ...] = ()
) -> Measurement:
    """The measurement that `arrays_of` and `description_of` were made of, with strength and dynamics for `emotion`.

    peak_frame: None to find it. corrected: what of it a person set by hand.
    """
    import numpy as np

    from core.faces.measurement import with_peak

    with np.load(path, allow_pickle=False) as arrays:
        curves = {name: arrays[name] for name in arrays.files}
    features = curves.pop("features", None)
    curves.pop("strength", None)  # kept up to format 2
    quality = description["quality"]
    measurement = Measurement(
        emotion=description["emotion"],
        action_units=ActionUnits(**curves),
        neutral=tuple(description["neutral"]) if description["neutral"] else None,
        peak_frame=None,
        strength=np.empty(0),
        quality=Quality(**{**quality, "doubts": tuple(quality.get("doubts", ()))}),
        backend=description["backend"],
        versions=description["versions"],
        features=features,
        corrected=corrected,
    )
    return with_peak(measurement, emotion, peak_frame)
