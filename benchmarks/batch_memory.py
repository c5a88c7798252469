"""Peak memory of a job of 8 clips and of one of 80: of the process that stores, and of the one that measures.

Each job runs in a process of its own on a new workspace. The clips are different cuts of one film, of 60 frames each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT.parent / "shared" / "data" / "clips" / "driving_d14.mp4"
FEW, MANY, N_FRAMES = 8, 80, 60
TARGET = 1.1

MEASURE = """
import json, resource, sys
from pathlib import Path
from core.types import Quiet
from core.workspace import extraction, intake, tasks
from core.workspace.store import Workspace
if __name__ == "__main__":
    home, films = Path(sys.argv[1]), [Path(path) for path in sys.argv[2:]]
    ws = Workspace.open(home)
    ws.remember(extraction.PROCESSES, 1)
    ids = [intake.receive_clip(ws, f"P{i:03}_anger.mp4", film.read_bytes()).id for i, film in enumerate(films)]
    (home / "runs" / "a").mkdir()
    result = tasks.extract(ws, {"clip_ids": ids}, Quiet(), home / "runs" / "a")
    # Not ru_maxrss of this process, which begins with what the one that started it had.
    own_kb = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
    measuring_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps([result["measured"], own_kb / 1024, measuring_kb / 1024]))
"""


def write_cuts(folder: Path, n: int) -> list[Path]:
    """Films of `N_FRAMES` frames, each beginning a frame later in the original."""
    import cv2

    from core.faces.video import read_frames

    images = [frame.image for frame in read_frames(CLIP)]
    height, width = images[0].shape[:2]
    paths = [folder / f"{i}.mp4" for i in range(n)]
    for i, path in enumerate(paths):
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 30, (width, height))
        for k in range(N_FRAMES):
            writer.write(images[(i + k) % len(images)])
        writer.release()
    return paths


def peaks_mb(films: list[Path]) -> tuple[float, float]:
    """Of the process that stores and of the one that measures."""
    with tempfile.TemporaryDirectory() as home:
        script = Path(home) / "measure.py"
        script.write_text(MEASURE)
        ran = subprocess.run(
            [sys.executable, str(script), f"{home}/lab", *map(str, films)],
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
    n_measured, storing, measuring = json.loads(ran.stdout)
    assert n_measured == len(films)
    return storing, measuring


def main() -> int:
    if not CLIP.is_file() or not Path("/proc/self/status").is_file():
        print(f"batch memory: skipped, {CLIP.name} is not beside the checkout, or this is not Linux")
        return 0
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        films = write_cuts(Path(folder), MANY)
        few, many = peaks_mb(films[:FEW]), peaks_mb(films)
    ratios = [after / before for before, after in zip(few, many, strict=True)]
    print(
        f"batch memory: peak for {MANY} clips against {FEW}: storing {many[0]:.0f} MB, ratio {ratios[0]:.2f}; "
        f"measuring {many[1]:.0f} MB, ratio {ratios[1]:.2f} (targets at most {TARGET})"
    )
    return 0 if max(ratios) <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
