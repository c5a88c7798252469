"""Make the demo cohort again: python -m tools.demo_cohort ../shared/data/ict_facekit/ict_facekit.npz [--check]

Renders every clip of 59 simulated people, encodes it, measures it with the extractor of the product, and writes

- assets/demo/cohort.csv: the AU table of all of them, two decimals;
- assets/demo/clips/: the clips of four people, and truth.json with what is true in them.

The same bytes come out every time. --check writes nothing and tells what differs from the files that are there;
--people makes only these and shows their rows.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from core.types import ACTION_UNITS, CONTROL, EMOTIONS, PD, SIDED_ACTION_UNITS, TABLE_KEYS
from tools import demo_people
from tools.demo_people import DemoPerson
from tools.rendering import people
from tools.rendering.encoding import write_webm
from tools.rendering.face_model import FaceModel
from tools.rendering.films import Film, film

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "demo"
SHOWN_PER_GROUP = 2
DECIMALS = 2
"""Enough for intensities, and few enough that a processor's last bits do not show."""


def shown_people() -> tuple[DemoPerson, ...]:
    """The four people whose clips are kept: of each group, the first two who were filmed in every emotion."""
    complete = [person for person in demo_people.cast() if person.emotions == EMOTIONS]
    return tuple(
        person for group in (PD, CONTROL) for person in [p for p in complete if p.group == group][:SHOWN_PER_GROUP]
    )


def make_person(model_path: Path, person: DemoPerson, folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Rows of the AU table, and file name -> truth, of a person whose clips are written into `folder`.

    Clips that are there are measured as they are.
    """
    from core.faces.au_tables import peak_row
    from core.faces.measurement import measure_clip

    model = _model(model_path)
    looks = people.draw(model, 0, "demo", person.code, noise=0.0)
    rows, truths = [], {}
    for emotion in person.emotions:
        made = film(model, looks, demo_people.script(person, emotion))
        path = folder / f"{person.code}_{emotion}.webm"
        if not path.exists():
            part = path.with_name(f"part_{path.name}")
            write_webm(part, made.frames(), demo_people.FPS)
            part.rename(path)
        measured = measure_clip(path, emotion)
        if measured.peak_frame is None:
            raise RuntimeError(f"{path.name} is not usable: {measured.quality.reason}")
        keys = (person.code, emotion, person.group, measured.backend, True)
        row = dict(zip(TABLE_KEYS, keys, strict=True))
        rows.append(row | {name: round(float(value), DECIMALS) + 0.0 for name, value in peak_row(measured).items()})
        truths[path.name] = _truth(made, person, emotion)
    return rows, truths


def make(model_path: Path, cast: tuple[DemoPerson, ...], folder: Path, n_processes: int = 2) -> dict[str, bytes]:
    """File name under `assets/demo` -> content, of the people in `cast`; clips are kept in `folder` meanwhile."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(n_processes, mp_context=context) as pool:
        made = [pool.submit(make_person, model_path, person, folder) for person in cast]
        results = []
        for number, one in enumerate(made, start=1):
            results.append(one.result())
            print(f"\r{number} of {len(cast)} people", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    table = pd.DataFrame([row for rows, _ in results for row in rows])
    files = {"cohort.csv": table.to_csv(index=False, lineterminator="\n").encode()}
    shown = {person.code for person in shown_people()}
    truths = {name: truth for _, of_person in results for name, truth in of_person.items() if truth["subject"] in shown}
    for name in truths:
        files[f"clips/{name}"] = (folder / name).read_bytes()
    files["clips/truth.json"] = _json(truths)
    return files


def _truth(made: Film, person: DemoPerson, emotion: str) -> dict[str, Any]:
    peak = int(made.peak[0])
    sided = {
        f"{unit}_{side}": round(float(values[peak, column]), 3)
        for side, values in (("L", made.left), ("R", made.right))
        for column, unit in enumerate(SIDED_ACTION_UNITS)
        if values[peak, column] > 0
    }
    curves = {
        unit: [round(float(value), 2) for value in made.intensity[:, column]]
        for column, unit in enumerate(ACTION_UNITS)
        if made.intensity[:, column].max() >= 0.01
    }
    return {
        "subject": person.code,
        "group": person.group,
        "emotion": emotion,
        "simulated": True,
        "fps": demo_people.FPS,
        "n_frames": len(made.timestamp_s),
        "onset_frame": int(made.onset[0]),
        "peak_frame": peak,
        "offset_frame": int(made.offset[0]),
        "blink_frames": made.blinks.tolist(),
        "peak_sides": sided,
        "intensity": curves,
    }


def _json(truths: dict[str, Any]) -> bytes:
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(truth)}" for name, truth in truths.items())
    return f"{{\n{lines}\n}}\n".encode()


@cache
def _model(path: Path) -> FaceModel:
    return FaceModel.load(path)


def differences(files: dict[str, bytes]) -> list[str]:
    """Names of the files under `assets/demo` that are not there with this content."""
    return [name for name, content in files.items() if not _same(ASSETS / name, content)]


def _same(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="ict_facekit.npz")
    parser.add_argument("--check", action="store_true", help="write nothing, tell what differs")
    parser.add_argument("--people", nargs="*", help="only these codes, such as SIM01; implies that nothing is written")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--clips", type=Path, help="folder that keeps all rendered clips, or has them from earlier")
    asked = parser.parse_args()
    cast = tuple(person for person in demo_people.cast() if asked.people is None or person.code in asked.people)
    with tempfile.TemporaryDirectory() as folder:
        if asked.clips:
            asked.clips.mkdir(parents=True, exist_ok=True)
        files = make(asked.model, cast, asked.clips or Path(folder), asked.processes)
    if asked.people is not None:
        print(files["cohort.csv"].decode())
        return 0
    if asked.check:
        wrong = differences(files)
        print("\n".join(f"differs: {name}" for name in wrong) or f"all {len(files)} files are the same")
        return bool(wrong)
    for old in (ASSETS / "clips").glob("*"):
        old.unlink()
    for name, content in files.items():
        (ASSETS / name).parent.mkdir(parents=True, exist_ok=True)
        (ASSETS / name).write_bytes(content)
    print(f"{len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB in {ASSETS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
