"""How good a generator of 40 sperm heads is after some 80 CPU-s, and what a step of its training costs.

HuSHeM, class 01_Normal, 32 px grey: 40 images train, the others are held out; features learn from 40 images of each of
the four classes. Peer: the paper's recipe (BatchNorm, no average) for as many steps, its last generator, as the paper
takes it, and its best. Images are made of latents other than those that the best generator was chosen by. Cost: of a
step at batch 32, in float32 and channels_last as trained, and without channels_last or in bfloat16.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from core.images.beside_real import ImageMetrics
    from core.images.features import Features
    from core.images.settings import GanSettings

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "hushem"
MOST_KID, LEAST_PRECISION, MOST_CPU_S = 3.0, 0.7, 150.0
N_TRAIN, N_MADE, N_DRAWS = 40, 420, 2
COSTED = ((32, 7), (64, 5), (132, 3))
MEASURES = ("kid", "precision", "recall", "density", "coverage", "pair_distance", "nearest_distance", "near_copy_share")


def images_of(folder: Path, size: int) -> np.ndarray:
    """(n, 1, size, size) float32 in [0, 1]"""
    from PIL import Image

    return np.stack(
        [
            np.asarray(Image.open(path).convert("L").resize((size, size), Image.Resampling.LANCZOS), np.float32)[None]
            for path in sorted(folder.iterdir())
        ]
    ) / np.float32(255)


def told(name: str, found: ImageMetrics) -> str:
    cells = (getattr(found, measure) for measure in MEASURES)
    return f"{name:34}" + "".join(f"{'–':>9}" if value is None else f"{value:9.2f}" for value in cells)


def trained(images: np.ndarray, settings: GanSettings, features: Features) -> tuple[np.ndarray, np.ndarray, float]:
    """Images of the best generator and of the last one, and the CPU-s of the training."""
    from safetensors.torch import load_file

    from core.images.adversaries import Adversaries, decode
    from core.images.gan import train
    from core.images.training_history import CHECKPOINT

    z = np.random.default_rng(1).normal(size=(N_MADE, settings.latent)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        gan = train(images, settings, None, Path(folder), None, features)
        spent = time.process_time() - start
        last = Adversaries(settings)
        state = load_file(Path(folder) / CHECKPOINT)
        last.restore({name.removeprefix("now."): value for name, value in state.items() if name.startswith("now.")})
    return gan.decode(z), np.concatenate(list(decode(last.sampler(), z))), spent


def quality() -> bool:
    from core.images.beside_real import beside_held_out
    from core.images.features import Features
    from core.images.settings import GAN_LIVE

    classes = [images_of(folder, GAN_LIVE.size) for folder in sorted(DATA.iterdir())]
    missed = False
    for draw in range(N_DRAWS):
        rng = np.random.default_rng(draw)
        mixed = [images[rng.permutation(len(images))] for images in classes]
        labels = np.repeat(np.arange(len(classes)), N_TRAIN)
        features = Features.fit(np.concatenate([images[:N_TRAIN] for images in mixed]), labels, draw)
        originals, held_out = mixed[0][:N_TRAIN], mixed[0][N_TRAIN:]
        print(f"draw {draw:29}" + "".join(f"{name.split('_')[0]:>9}" for name in MEASURES))
        best, _, spent = trained(originals, replace(GAN_LIVE, random_state=draw), features)
        found = beside_held_out(originals, held_out, best, features)
        print(told("held-out images", found.held_out))
        print(told("another class", beside_held_out(originals, held_out, mixed[1], features).synthetic))
        print(told(f"ours, {spent:.0f} CPU-s", found.synthetic), flush=True)
        if draw == 0:
            paper = replace(GAN_LIVE, norm="batch", ema=None, random_state=draw)
            best, last, _ = trained(originals, paper, features)
            for which, made in (("best", best), ("last", last)):
                print(told(f"paper's recipe, {which}", beside_held_out(originals, held_out, made, features).synthetic))
        kid, precision = found.synthetic.kid, found.synthetic.precision
        assert kid is not None
        assert precision is not None
        met = kid <= MOST_KID and precision >= LEAST_PRECISION and spent <= MOST_CPU_S
        missed |= not met
        print(
            f"GAN of 40 images, draw {draw}: KID {kid:.2f}, target {MOST_KID:g}; precision {precision:.2f}, target "
            f"{LEAST_PRECISION:g}; {spent:.0f} CPU-s, ratio to the limit {spent / MOST_CPU_S:.2f}: "
            f"{'met' if met else 'MISSED'}",
            flush=True,
        )
    return missed


def cost() -> None:
    import torch

    from core.images import adversaries
    from core.images.settings import GAN_LIVE

    precision = adversaries.precision
    for size, n_rounds in COSTED:
        spent = {}
        for name in ("float32, channels_last", "not in channels_last", "in bfloat16"):
            both = adversaries.Adversaries(replace(GAN_LIVE, size=size))
            images = torch.rand(N_TRAIN, 1, size, size)
            if name == "not in channels_last":
                for network in (both.generator, both.discriminator):
                    for weights in network.parameters():
                        weights.data = weights.data.contiguous()
            if name == "in bfloat16":
                adversaries.precision = lambda device: torch.autocast("cpu", torch.bfloat16)
            times = []
            for _ in range(n_rounds + 1):
                start = time.process_time()
                both.step(images)
                times.append(time.process_time() - start)
            adversaries.precision = precision
            spent[name] = statistics.median(times[1:])
        now, *others = spent.values()
        ratios = ", ".join(
            f"{name} {other / now:.2f} of it" for name, other in zip(list(spent)[1:], others, strict=True)
        )
        print(f"a step at {size:3} px, batch 32: {now:.3f} CPU-s in {next(iter(spent))}, as used; {ratios}", flush=True)


def main() -> int:
    if not DATA.is_dir():
        print("GAN: skipped, hushem is not beside the checkout")
        return 0
    import torch

    torch.set_num_threads(1)
    cost()
    return 1 if quality() else 0


if __name__ == "__main__":
    sys.exit(main())
