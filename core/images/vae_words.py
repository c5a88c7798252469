"""What a VAE and a sweep of its settings show, in words that say no more than the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from core.variational import PER_IMAGE


def training_words(result: Mapping[str, Any]) -> tuple[str, str]:
    """A headline and what follows it, of what `core.images.vae_training.train_vae` gives."""
    settings, classes = result["settings"], result["classes"].values()
    headline = f"{result['n_active']} of {settings['latent']} latent units are active at step {result['step']}"
    if settings["plan"] == PER_IMAGE:
        headline = f"Each of the {result['n_train']} images has a network of its own"
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
        said.append(
            f"The KID of new images is {synthetic:.2f}, that of held-out ones {held_out:.2f}, means over the classes."
        )
    return headline, " ".join(said)


def sweep_words(result: Mapping[str, Any]) -> str:
    """How far sigma and K move the numbers of a sweep, see `core.images.vae_sweep.sweep`."""
    rows = result["rows"]
    said = []
    for name, other, letter in (("sigma", "K", "σ"), ("K", "sigma", "K")):
        values = sorted({row[name] for row in rows})
        units = max(_ranges(rows, other, "n_active"), default=0.0)
        kids = max(_ranges(rows, other, "kid"), default=None)
        told = "" if kids is None else f"the KID changes by up to {kids:.2f} and "
        said.append(
            f"From {letter} = {values[0]:g} to {values[-1]:g}, all else alike, {told}the number of active units "
            f"{'changes ' if kids is None else ''}by up to {units:.0f}."
        )
    return " ".join(said) + " Each is one training: small changes can come from its seed alone."


def _ranges(rows: Any, same: str, what: str) -> list[float]:
    """Largest less smallest `what` among the rows that have `same` in common."""
    groups: dict[float, list[float]] = {}
    for row in rows:
        if row[what] is not None:
            groups.setdefault(row[same], []).append(row[what])
    return [max(values) - min(values) for values in groups.values()]
