"""Peak, onset and blinks measured in rendered films whose truth is known: 60 people, at full and at 45 % amplitude.

The people and films are those of no fit. Onset times are compared with the same definition on the true intensities.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.faces import action_units, expression  # noqa: E402
from core.faces.dynamics import dynamics  # noqa: E402
from core.faces.face_mesh import FaceMesh  # noqa: E402
from core.faces.recording import Recording  # noqa: E402
from core.rng import generator  # noqa: E402
from core.types import CENTRE_ACTION_UNITS, ActionUnits  # noqa: E402
from tools.demo_people import PROFILES  # noqa: E402
from tools.rendering import people  # noqa: E402
from tools.rendering.face_model import FaceModel  # noqa: E402
from tools.rendering.films import Action, Film, Script, film  # noqa: E402

MODEL = ROOT.parent / "shared" / "data" / "ict_facekit" / "ict_facekit.npz"
N_PEOPLE, FPS, SEED = 60, 25.0, 2026
AMPLITUDES = (1.0, 0.45)
PEAK_FRAMES, PEAK_SHARE, ONSET_FRAMES, BLINK_SHARE = 5, 0.95, 3.0, 0.90


def script(number: int, emotion: str, amplitude: float) -> Script:
    rng = generator(SEED, "dynamics", number, emotion)
    shown: dict[str, float] = {}
    for unit, typical in PROFILES[emotion].items():
        top = min(1.0, 1.4 * typical * np.exp(rng.normal(0, 0.2))) * amplitude
        if unit in CENTRE_ACTION_UNITS:
            shown[unit] = round(float(top), 3)
        else:
            uneven = rng.normal(0, 0.1)
            shown[f"{unit}_L"] = round(float(min(1, top * (1 + uneven))), 3)
            shown[f"{unit}_R"] = round(float(min(1, top * (1 - uneven))), 3)
    start_s, onset_s, hold_s, offset_s = (
        round(float(rng.uniform(*ends)), 3) for ends in ((0.5, 0.9), (0.3, 1.1), (0.4, 0.8), (0.4, 1.0))
    )
    n_blinks, blinks_s = int(rng.integers(0, 4)), list[float]()
    while len(blinks_s) < n_blinks:
        at = round(float(rng.uniform(0.25, 3.2)), 3)
        if all(abs(at - other) > 0.55 for other in blinks_s):
            blinks_s.append(at)
    yaw, pitch = (round(float(rng.normal(0, sd)), 2) for sd in (5, 4))
    return Script(
        duration_s=3.6,
        fps=FPS,
        actions=(Action(shown, start_s=start_s, onset_s=onset_s, hold_s=hold_s, offset_s=offset_s),),
        blinks_s=tuple(sorted(blinks_s)),
        pose_deg=((0.0, (pitch, yaw, 0.0)),),
        sway=round(float(rng.uniform(0.3, 1.2)), 3),
        width=400,
        height=400,
    )


def measure(made: Film) -> ActionUnits:
    recording = Recording()
    with FaceMesh() as mesh:
        for time_s, image in zip(made.timestamp_s, made.frames(), strict=True):
            seen = mesh.detect(np.ascontiguousarray(image), float(time_s))
            recording.add(float(time_s), seen, np.ascontiguousarray(image[..., ::-1]))
    features, pose_deg, inter_eye_px = recording.shapes()
    rest = expression.neutral_features(features, (0, 4)).features
    shown = action_units.intensities(features, rest)
    time_s, confidence, n_faces = recording.frames()
    return ActionUnits(time_s, confidence, np.isfinite(inter_eye_px), n_faces, pose_deg, *shown)


def main() -> int:
    model, emotions, missed = FaceModel.load(MODEL), list(PROFILES), False
    for amplitude in AMPLITUDES:
        peaks, onsets, blinks = [], [], []
        for number in range(N_PEOPLE):
            emotion = emotions[number % len(emotions)]
            person = people.draw(model, SEED, "dynamics", number)
            made = film(model, person, script(number, emotion, amplitude))
            units = measure(made)
            truth = replace(units, intensity=made.intensity, left=made.left, right=made.right)
            peak = expression.peak(expression.strength(units.intensity, units.timestamp_s, emotion))
            assert peak is not None
            found = dynamics(units, emotion, peak, (0, 4))
            true_onset_s = dynamics(truth, emotion, int(made.peak[0]), (0, 4)).onset_s
            peaks.append(abs(peak - int(made.peak[0])) <= PEAK_FRAMES)
            onsets.append(abs(found.onset_s - true_onset_s) * FPS)
            blinks.append(found.n_blinks == len(made.blinks))
        off = float(np.median(np.nan_to_num(onsets, nan=np.inf)))
        figures = f"peak within {PEAK_FRAMES} frames {np.mean(peaks):.0%}, onset time off by {off:.1f} frames (median)"
        print(f"amplitude {amplitude:.0%}, n = {N_PEOPLE}: {figures}, blinks exact {np.mean(blinks):.0%}", flush=True)
        missed |= bool(np.mean(peaks) < PEAK_SHARE or off > ONSET_FRAMES or np.mean(blinks) < BLINK_SHARE)
    print(f"targets: {PEAK_SHARE:.0%}, at most {ONSET_FRAMES:.0f} frames, {BLINK_SHARE:.0%}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
