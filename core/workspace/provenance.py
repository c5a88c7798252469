"""Which programs make a result: kept with it, and looked at before half a result is gone on with."""

from __future__ import annotations

import platform
import re
from importlib import metadata

from core.faces import backends
from core.workspace.staff import ROOT

PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "imbalanced-learn", "umap-learn", "mediapipe",
            "opencv-contrib-python", "torch")  # fmt: skip


def versions() -> dict[str, str]:
    """This program, Python, and the packages whose numbers a result depends on, for whatever processor they are."""
    own = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return {
        "hypomimia-lab": own[1] if own else "",
        "python": platform.python_version(),
        **{package: metadata.version(package).partition("+")[0] for package in PACKAGES},
    }


def measuring_with(backend: str) -> dict[str, str]:
    """`versions`, and that a mesh can be opened: what must be equal wherever clips are measured with it."""
    return versions() | {backend: "missing" if backends.why_not(backend) else "here"}
