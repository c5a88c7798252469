"""What a result must carry so that it can be made again."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "imbalanced-learn", "torch")


def versions() -> dict[str, str]:
    """Python and the packages whose numbers a result depends on; torch of an S3VAE, without what it was built for."""
    numbers = {package: version(package).partition("+")[0] for package in PACKAGES}
    return {"python": platform.python_version(), **numbers}


def table_hash(table: pd.DataFrame) -> str:
    """SHA-256 of a table's rows as CSV, in their order and with all digits."""
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
