"""What a VAE and a sweep of its settings show, in words that say no more than the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any


def training_words(result: Mapping[str, Any]) -> tuple[str, str]:
    """A headline and what follows it, of what `core.images.vae_training.train_vae` gives."""
    units, classes = result["settings"]["latent"], result["classes"].values()
    headline = f"{result['n_active']} of {units} latent units are active at step {result['step']}"
    made, real = ([each["beside"][side]["kid"] for each in classes] for side in ("synthetic", "held_out"))
    known = [(a, b) for a, b in zip(made, real, strict=True) if a is not None and b is not None]
    said = []
    if result["reconstruction"] is not None:
        said.append(
            f"Held-out images come back with a squared error of {result['reconstruction']:.2f} an image (sum over the "
            "pixels)."
        )
    if known:
        synthetic, held_out = (fmean(pair[i] for pair in known) for i in (0, 1))
        verdict = "further from the originals than" if synthetic > held_out else "no further from the originals than"
        said.append(
            f"New images have a KID of {synthetic:.2f}, mean over the classes: {verdict} real ones that were held out "
            f"({held_out:.2f})."
        )
    return headline, " ".join(said)


def sweep_words(result: Mapping[str, Any]) -> str:
    """How far sigma and K move the numbers of a sweep, see `core.images.vae_sweep.sweep`."""
    rows = result["rows"]
    said = []
    for name, other, letter in (("sigma", "K", "σ"), ("K", "sigma", "K")):
        values = sorted({row[name] for row in rows})
        units = max(_ranges(rows, other, "n_active"), default=0.0)
        kids = max(_ranges(rows, other, "kid"), default=0.0)
        said.append(
            f"From {letter} = {values[0]:g} to {values[-1]:g}, all else alike, the KID changes by up to {kids:.2f} and "
            f"the number of active units by up to {units:.0f}."
        )
    return " ".join(said) + " Each is one training: small changes can come from its seed alone."


def _ranges(rows: Any, same: str, what: str) -> list[float]:
    """Largest less smallest `what` among the rows that have `same` in common."""
    groups: dict[float, list[float]] = {}
    for row in rows:
        if row[what] is not None:
            groups.setdefault(row[same], []).append(row[what])
    return [max(values) - min(values) for values in groups.values()]
