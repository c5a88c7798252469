"""Seeds derived from one seed and a name, so that every part of a run has its own stream."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def derived_seed(random_state: int, *path: object) -> int:
    """A 32-bit seed for the part of a run named by `path` under `random_state`.

    The same arguments give the same seed on every machine and in every process, whatever ran before;
    different paths give unrelated seeds (SHA-256).
    """
    name = "/".join(str(part) for part in (random_state, *path))
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def generator(random_state: int, *path: object) -> np.random.Generator:
    """A numpy generator seeded by `derived_seed(random_state, *path)`."""
    import numpy as np

    return np.random.default_rng(derived_seed(random_state, *path))


def dealt(n: int, n_made: int, rng: np.random.Generator) -> np.ndarray:
    """(n_made,) numbers below n: each as often as any other, and who is left over drawn without repetition."""
    import numpy as np

    whole, rest = divmod(n_made, n)
    return np.concatenate([np.tile(np.arange(n), whole), np.sort(rng.permutation(n)[:rest])])
