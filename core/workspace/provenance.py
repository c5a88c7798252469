"""Which programs make a result: kept with it, and looked at before half a result is gone on with."""

from __future__ import annotations

import platform
import re
from importlib import metadata

from core.workspace.staff import ROOT

PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "imbalanced-learn", "umap-learn", "mediapipe",
            "opencv-contrib-python")  # fmt: skip


def versions() -> dict[str, str]:
    """This program, Python, and the packages whose numbers a result depends on."""
    own = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return {
        "hypomimia-lab": own[1] if own else "",
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in PACKAGES},
    }
