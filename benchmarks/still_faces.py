"""What still rendered faces seem to do when they turn by 20° to either side, and when they are half as large.

The people are ones that nothing was fitted on. Nothing moves in these faces, so that every intensity is an error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    import numpy as np

    from tools.rendering.films import Film

MODEL = Path(__file__).resolve().parents[2] / "shared" / "data" / "ict_facekit" / "ict_facekit.npz"
N_PEOPLE = 24
MOST_TURNED, MOST_SMALLER = 0.7, 0.3
TURN = ((0.3, (0, 0, 0)), (0.9, (0, 20, 0)), (1.6, (0, -20, 0)), (2.2, (0, 0, 0)))
N_RESTING = 4


def features_of(made: Film) -> np.ndarray:
    import numpy as np

    from core.faces.face_mesh import FaceMesh
    from core.faces.recording import Recording

    recording = Recording()
    with FaceMesh() as mesh:
        for time_s, image in zip(made.timestamp_s, made.frames(), strict=True):
            recording.add(float(time_s), mesh.detect(image), np.ascontiguousarray(image[..., ::-1]))
    return recording.shapes()[0]


def tell(what: str, shown: np.ndarray, most: float) -> bool:
    """Print of (people, 17) intensities how many people stay below `most`, and the worst unit."""
    from core.types import ACTION_UNITS

    n_below = int((shown.max(axis=1) <= most).sum())
    person, unit = divmod(int(shown.argmax()), shown.shape[1])
    print(
        f"still faces {what}: no unit beyond {most} in {n_below} of {len(shown)} people; "
        f"largest {shown[person, unit]:.2f} ({ACTION_UNITS[unit]})"
    )
    return n_below == len(shown)


def main() -> int:
    if not MODEL.is_file():
        print(f"still faces: skipped, {MODEL.name} is not beside the checkout")
        return 0
    import cv2
    import numpy as np

    from core.faces.action_units import intensities
    from tools.rendering.face_model import FaceModel
    from tools.rendering.films import Script, film, resized
    from tools.rendering.people import draw

    cv2.setNumThreads(1)
    model = FaceModel.load(MODEL)
    turning, still = Script(duration_s=2.4, fps=12.5, pose_deg=TURN), Script(duration_s=0.8, fps=12.5)
    turned, smaller = [], []
    for number in range(N_PEOPLE):
        person = draw(model, 0, "turn", number)
        features = features_of(film(model, person, turning))
        turned.append(intensities(features, np.nanmedian(features[:N_RESTING], axis=0))[0].max(axis=0))
        full, half = (features_of(film(model, person, script)) for script in (still, resized(still, 0.5)))
        shown = intensities(half, np.nanmedian(full, axis=0))[0]
        smaller.append(np.median(shown[2:], axis=0))
    steady = [tell("turning by 20°", np.array(turned), MOST_TURNED)]
    steady.append(tell("at half the size", np.array(smaller), MOST_SMALLER))
    return 0 if all(steady) else 1


if __name__ == "__main__":
    sys.exit(main())
