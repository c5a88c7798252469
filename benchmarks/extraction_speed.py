"""Frames per CPU-second of a whole measurement against mediapipe's bare FaceMesh on the same frames.

Ours decodes, converts, meshes, follows, computes features, intensities and quality; the bare mesh gets the frames
already decoded and in RGB. Both start their models in the time measured. The two take turns, and the median of the
paired ratios counts, so that what else the machine does touches both alike.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

CLIP = Path(__file__).resolve().parents[2] / "shared" / "data" / "clips" / "driving_d14.mp4"
TARGET = 0.8
N_ROUNDS = 5


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> int:
    if not CLIP.is_file():
        print(f"extraction speed: skipped, {CLIP.name} is not beside the checkout")
        return 0
    import cv2

    from core.faces.measurement import measure_clip
    from core.faces.mediapipe_graph import quiet
    from core.faces.video import read_frames

    cv2.setNumThreads(1)
    frames = [cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB) for frame in read_frames(CLIP)]

    def bare() -> None:
        from mediapipe.python.solutions.face_mesh import FaceMesh

        with FaceMesh(refine_landmarks=True) as mesh:
            for image in frames:
                mesh.process(image)

    with quiet():
        bare()
        pairs = [(cpu_seconds(bare), cpu_seconds(lambda: measure_clip(CLIP, "happiness"))) for _ in range(N_ROUNDS)]
    ratio = statistics.median(bare_s / ours_s for bare_s, ours_s in pairs)
    bare_rate, our_rate = (len(frames) / statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    print(
        f"extraction speed: {our_rate:.0f} frames per CPU-second, bare FaceMesh {bare_rate:.0f}: "
        f"ratio {ratio:.2f} (target at least {TARGET})"
    )
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
