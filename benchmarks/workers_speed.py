"""Wall time of a batch of clips with one process against two, on the same machine in turns.

The processes start anew and load their models in the time measured, as they do for a user. The median of the paired
ratios counts, so that what else the machine does touches both alike. One core alone has nothing to gain.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

CLIP = Path(__file__).resolve().parents[2] / "shared" / "data" / "clips" / "driving_d14.mp4"
TARGET = 1.7
N_CLIPS, N_ROUNDS = 6, 3


def seconds(n_processes: int) -> float:
    """Wall time until all clips are measured by so many processes."""
    from core.faces.backends import FACE_MESH
    from core.faces.batch import Turn, measure_all
    from core.parallel import Tally
    from core.parallel.processes import Processes
    from core.types import Quiet

    turns = {str(i): Turn(str(i), CLIP.name, CLIP, "happiness", 1.0) for i in range(N_CLIPS)}
    start = time.perf_counter()
    with Processes(n_processes) as pool:
        found = [outcome.found for outcome in measure_all(turns, turns.get, pool, Tally(Quiet(), 0, 1), FACE_MESH)]
    took = time.perf_counter() - start
    assert all(getattr(measured, "peak_frame", None) is not None for measured in found)
    return took


def main() -> int:
    from core.parallel import n_cores

    if not CLIP.is_file() or n_cores() < 2:
        print("workers speed: skipped, there is no clip beside the checkout, or only one core")
        return 0
    pairs = [(seconds(1), seconds(2)) for _ in range(N_ROUNDS)]
    ratio = statistics.median(one / two for one, two in pairs)
    one, two = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    print(
        f"workers speed: {N_CLIPS} clips in {one:.1f} s by one process, {two:.1f} s by two: ratio {ratio:.2f} "
        f"(target at least {TARGET}; load of the machine {os.getloadavg()[0]:.1f} on {n_cores()} cores)"
    )
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
