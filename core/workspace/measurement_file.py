"""A measurement as a file of arrays (npz without objects) and a JSON description beside it in the database."""

from __future__ import annotations

import io
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from core.faces import expression
from core.types import ActionUnits, Measurement, Quality


def arrays_of(measurement: Measurement) -> bytes:
    """The curves of a measurement as the content of an npz file."""
    import numpy as np

    buffer = io.BytesIO()
    features = {} if measurement.features is None else {"features": measurement.features}
    np.savez_compressed(buffer, strength=measurement.strength, **features, **vars(measurement.action_units))
    return buffer.getvalue()


def description_of(measurement: Measurement) -> dict[str, Any]:
    """The rest of a measurement, but for the peak frame."""
    return {
        "emotion": measurement.emotion,
        "neutral": measurement.neutral,
        "quality": asdict(measurement.quality),
        "backend": measurement.backend,
        "versions": measurement.versions,
    }


def read(path: Path, description: dict[str, Any], emotion: str, peak_frame: int) -> Measurement:
    """The measurement that `arrays_of` and `description_of` were made of, with its strength in `emotion` by now."""
    import numpy as np

    with np.load(path, allow_pickle=False) as arrays:
        curves = {name: arrays[name] for name in arrays.files}
    strength, features = curves.pop("strength"), curves.pop("features", None)
    quality = description["quality"]
    measurement = Measurement(
        emotion=description["emotion"],
        action_units=ActionUnits(**curves),
        neutral=tuple(description["neutral"]) if description["neutral"] else None,
        peak_frame=peak_frame,
        strength=strength,
        quality=Quality(**{**quality, "doubts": tuple(quality.get("doubts", ()))}),
        backend=description["backend"],
        versions=description["versions"],
        features=features,
    )
    return replace(for_emotion(measurement, emotion), peak_frame=peak_frame)


def for_emotion(measurement: Measurement, emotion: str) -> Measurement:
    """The same curves with the peak of another emotion."""
    if emotion == measurement.emotion or measurement.peak_frame is None:
        return measurement
    units = measurement.action_units
    strength = expression.strength(units.intensity, units.timestamp_s, emotion)
    return replace(measurement, emotion=emotion, strength=strength, peak_frame=expression.peak(strength))
