"""What a result of the image space must carry so that it can be made again."""

from __future__ import annotations

from importlib.metadata import version
from platform import python_version

PACKAGES = ("numpy", "scipy", "scikit-learn", "torch")


def versions() -> dict[str, str]:
    """Python and the packages whose numbers a result depends on."""
    return {"python": python_version(), **{package: version(package) for package in PACKAGES}}
