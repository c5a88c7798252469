"""Peak memory and time per frame of a 300-frame and a 9,000-frame clip.

Each measurement runs in a process of its own. The long clip repeats the frames of the short one, so that a frame costs
the same to decode in both. Time is processor time after the models have started; the short clip runs before and after
the long one, and the larger of its two times counts, as the machine is not ours alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT.parent / "shared" / "data" / "clips" / "driving_d14.mp4"
SHORT, LONG = 300, 9_000
TARGET = 1.1

MEASURE = """
import json, resource, sys, time
from core.faces.measurement import measure_clip

class Clock:
    first = None
    def report(self, done, total, message=""):
        if done and self.first is None:
            self.first = (done, time.process_time())
        self.last = (done, time.process_time())
    def cancelled(self):
        return False

clock = Clock()
m = measure_clip(sys.argv[1], "happiness", progress=clock)
(n0, t0), (n1, t1) = clock.first, clock.last
print(json.dumps({
    "frames": m.action_units.n_frames,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "ms": 1000 * (t1 - t0) / (n1 - n0),
}))
"""


def write_looped(path: Path, n_frames: int) -> None:
    import cv2

    from core.faces.video import read_frames

    images = [frame.image for frame in read_frames(CLIP)][:SHORT]
    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 30, (width, height))
    for i in range(n_frames):
        writer.write(images[i % len(images)])
    writer.release()


def measure(path: Path) -> dict[str, float]:
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(ran.stdout)


def main() -> int:
    if not CLIP.is_file():
        print(f"extraction memory: skipped, {CLIP.name} is not beside the checkout")
        return 0
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        short, long = Path(folder) / "short.mp4", Path(folder) / "long.mp4"
        write_looped(short, SHORT)
        write_looped(long, LONG)
        before, lengthy, after = measure(short), measure(long), measure(short)
    assert (before["frames"], lengthy["frames"]) == (SHORT, LONG)
    memory = lengthy["peak_mb"] / max(before["peak_mb"], after["peak_mb"])
    duration = lengthy["ms"] / max(before["ms"], after["ms"])
    print(
        f"extraction memory: peak {lengthy['peak_mb']:.0f} MB for {LONG} frames against {SHORT}: ratio {memory:.2f}; "
        f"CPU time a frame {lengthy['ms']:.2f} ms: ratio {duration:.2f} (targets at most {TARGET})"
    )
    return 0 if max(memory, duration) <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
