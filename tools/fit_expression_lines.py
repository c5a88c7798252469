"""Make the drawn face again: python -m tools.fit_expression_lines ../shared/data/ict_facekit/ict_facekit.npz [--check]

Lays the lines of `tools.fitting.face_lines` on the mean face of the ICT face model, displaces it by each action unit,
and writes models/expression_lines.json. The same bytes come out every time; --check writes nothing and tells whether
the file that is there differs.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from core.faces.expression_drawing import FILE
from core.files import atomic_write
from tools.fitting.face_lines import document
from tools.rendering.face_model import FaceModel


def make(model: FaceModel) -> bytes:
    """The file, from the face model."""
    return (json.dumps(document(model), separators=(",", ":")) + "\n").encode()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    made = make(FaceModel.load(given.model))
    if not given.check:
        atomic_write(FILE, made)
        return 0
    same = FILE.is_file() and FILE.read_bytes() == made
    print("as it is kept" if same else f"{FILE.name} differs")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
