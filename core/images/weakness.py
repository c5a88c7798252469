"""When a generator is too weak to be trusted with a search, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_KID, LEAST_PRECISION = 1.0, 0.5
"""Beyond these a generator is called weak. Held-out images of sperm heads lie at 0 to 0.2, and of another class at 2 to
6; a generator is at 3 while its images still are blobs."""


def weakness(beside: Mapping[str, Any]) -> str:
    """Why a generator is weak, as the end of a sentence; empty where it is not. beside: a `BesideReal` as a mapping."""
    made, real = beside["synthetic"], beside["held_out"]
    reasons = []
    if made["kid"] is not None and made["kid"] > MOST_KID:
        beside_it = "" if real["kid"] is None else f" (held-out images are at {real['kid']:.1f})"
        reasons.append(
            f"its KID is {made['kid']:.1f}{beside_it}, and above {MOST_KID:g} images soon look like another class"
        )
    if made["precision"] is not None and made["precision"] < LEAST_PRECISION:
        reasons.append(f"only {100 * made['precision']:.0f} % of its images lie where real ones do")
    return ", and ".join(reasons)
