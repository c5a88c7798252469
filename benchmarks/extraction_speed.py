"""Frames per CPU-second of a whole measurement against mediapipe's bare FaceMesh on the same clip, at two sizes.

Ours decodes, converts, meshes, follows, computes the looks of the skin, features, intensities and quality; the bare
mesh decodes with OpenCV, converts and meshes. A real clip is laid into 640x480 and 1280x720, the face growing with the
height. Both start their models in the time measured. They take turns, and the median of the paired ratios counts, so
that what else the machine does touches both alike. Told as well: the ratio to a mesh whose frames were decoded before.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    import numpy as np

CLIP = Path(__file__).resolve().parents[2] / "shared" / "data" / "clips" / "driving_d14.mp4"
SIZES = ((640, 480), (1280, 720))
N_FRAMES = 300
TARGET = 0.8
N_ROUNDS = 5


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def resized(path: Path, width: int, height: int) -> None:
    """Write the clip's first frames, scaled to this height and centred on grey, as mp4 to `path`."""
    import cv2
    import numpy as np

    from core.faces.video import read_frames

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25, (width, height))
    for frame in islice(read_frames(CLIP), N_FRAMES):
        image = cv2.resize(frame.image, (height, height), interpolation=cv2.INTER_AREA)
        canvas = np.full((height, width, 3), 90, np.uint8)
        left = (width - height) // 2
        canvas[:, left : left + height] = image
        writer.write(canvas)
    writer.release()


def ratios_at(clip: Path) -> tuple[float, float, float, float]:
    """Frames per CPU-second of ours and of the bare mesh, the median of the paired ratios, and that to a mesh whose
    frames are decoded."""
    import cv2

    from core.faces.measurement import measure_clip
    from core.faces.mediapipe_graph import quiet
    from core.faces.video import read_frames

    decoded = [cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB) for frame in read_frames(clip)]

    def from_file() -> Iterator[np.ndarray]:
        capture = cv2.VideoCapture(str(clip))
        while (read := capture.read())[0]:
            yield cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB)

    def bare(frames: Iterable[np.ndarray]) -> None:
        from mediapipe.python.solutions.face_mesh import FaceMesh

        with FaceMesh(refine_landmarks=True) as mesh:
            for image in frames:
                mesh.process(image)

    works = (lambda: bare(from_file()), lambda: bare(decoded), lambda: measure_clip(clip, "happiness"))
    with quiet():
        bare(decoded)
        rounds = [[cpu_seconds(work) for work in works] for _ in range(N_ROUNDS)]
    bare_rate, _, our_rate = (len(decoded) / statistics.median(one[k] for one in rounds) for k in range(len(works)))
    whole, meshing = (statistics.median(one[peer] / one[2] for one in rounds) for peer in (0, 1))
    return our_rate, bare_rate, whole, meshing


def main() -> int:
    if not CLIP.is_file():
        print(f"extraction speed: skipped, {CLIP.name} is not beside the checkout")
        return 0
    import cv2

    cv2.setNumThreads(1)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for width, height in SIZES:
            clip = Path(folder) / f"{width}x{height}.mp4"
            resized(clip, width, height)
            our_rate, bare_rate, ratio, to_decoded = ratios_at(clip)
            ratios.append(ratio)
            print(
                f"extraction speed at {width}x{height}: {our_rate:.0f} frames per CPU-second, bare FaceMesh "
                f"{bare_rate:.0f}: ratio {ratio:.2f} (target at least {TARGET}); to one given decoded frames "
                f"{to_decoded:.2f}"
            )
    return 0 if min(ratios) >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
