"""Training images of a CPU second and peak memory of the VAE at 32 px, against pythae's VAE of the same layers.

1600 of scikit-learn's digits, grey, one thread. A training image is one that is decoded and learnt from: 64 a step,
whatever the sampling plan. Peer: pythae 0.1.2's `VAE` with its `BaseTrainer`, batch 64, Adam of the same rate, its
encoder and decoder made of the same convolutions and latent units; it knows no classes, which here are ten numbers
more into three linear layers. Ours as C-VAE is like for like: 64 different images a step, no noise layer. The S3VAE
does less: 8 images go through the encoder, and what is drawn from these 64 times through the decoder. Trainings are
100 steps: with ours goes the look and the checkpoint after them, with the peer's the copies of its best model. A step
is forward, backward and Adam alone. Other work shares the processor: rounds are interleaved, and a ratio is the median
of those within a round.

pythae is no dependency: it is installed into a temporary folder, and what needs it is skipped where that cannot be.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from core.images.settings import VaeSettings

PEER = ("pythae==0.1.2", "pydantic==2.14.4", "pydantic-core==2.50.5", "annotated-types==0.8.0",
        "typing-inspection==0.4.5", "imageio==2.38.1")  # fmt: skip
"""What of it, and of what it needs, is not among our own requirements."""
TARGET, MEMORY_TARGET = 1.2, 1.1
SIZE, BATCH_SIZE, EPOCHS, N_IMAGES = 32, 64, 4, 1600
STEPS, FEW_STEPS = EPOCHS * N_IMAGES // BATCH_SIZE, 25
ROUNDS = 11
METHODS = ("C-VAE", "S3VAE")
TARGETED = "S3VAE"
"""What is used unless something else is asked for. Four fifths of a step of a C-VAE are convolutions that are the
peer's own, so that like for like there is little to win."""


def digits() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    data = load_digits()
    images = np.kron(data.images[:N_IMAGES] / 16, np.ones((1, 4, 4)))[:, None]
    return images.astype(np.float32), data.target[:N_IMAGES].astype(np.int64)


def settings_of(method: str) -> VaeSettings:
    from core.images.settings import VAES

    return replace(VAES[method], size=SIZE, steps=STEPS)


def train_ours(method: str) -> float:
    """CPU seconds of `STEPS` steps, as `python -m core vae` trains."""
    from core.images.vae import Labelled, train

    data = Labelled(*digits())
    with TemporaryDirectory() as folder:
        start = time.process_time()
        train(data, 10, settings_of(method), None, Path(folder))
        return time.process_time() - start


def steps_ours(method: str, kind: str = "as it is") -> float:
    """CPU seconds of `FEW_STEPS` steps, as they are, with convolutions in another memory format or in bfloat16."""
    import torch

    from core.images import autoencoders

    networks = autoencoders.Autoencoders(settings_of(method), 10)
    if kind == "contiguous":
        for weights in networks.networks[0].parameters():
            weights.data = weights.data.contiguous()
    images, labels = (torch.from_numpy(each) for each in digits())
    precision = autoencoders.precision
    if kind == "bfloat16":
        autoencoders.precision = lambda device: torch.autocast("cpu", torch.bfloat16)
    try:
        start = time.process_time()
        for number in range(1, FEW_STEPS + 1):
            networks.step(images, labels, number)
        return time.process_time() - start
    finally:
        autoencoders.precision = precision


def peer_model() -> Any:
    """pythae's VAE of the layers that ours has at 32 px, grey, with five coding layers and 32 latent units."""
    import torch
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from torch import nn

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(
                nn.Conv2d(1, 16, 4, 2, 1), nn.SiLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.SiLU(),
                nn.Conv2d(32, 64, 4, 2, 1), nn.SiLU(), nn.Conv2d(64, 64, 3, 1, 1), nn.SiLU(),
                nn.Conv2d(64, 64, 3, 1, 1), nn.SiLU(), nn.Flatten(),
            )  # fmt: skip
            self.mean, self.log_variance = nn.Linear(1024, 32), nn.Linear(1024, 32)

        def forward(self, x: torch.Tensor) -> Any:
            features = self.layers(x)
            return ModelOutput(embedding=self.mean(features), log_covariance=self.log_variance(features))

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(
                nn.Linear(32, 1024), nn.Unflatten(1, (64, 4, 4)), nn.Conv2d(64, 64, 3, 1, 1), nn.SiLU(),
                nn.Conv2d(64, 64, 3, 1, 1), nn.SiLU(), nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.SiLU(),
                nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.SiLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Sigmoid(),
            )  # fmt: skip

        def forward(self, z: torch.Tensor) -> Any:
            return ModelOutput(reconstruction=self.layers(z))

    return VAE(VAEConfig(input_dim=(1, SIZE, SIZE), latent_dim=32), Encoder(), Decoder())


def train_peer() -> float:
    """CPU seconds of as many steps of pythae's own trainer."""
    import torch
    from pythae.data.datasets import BaseDataset
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    data = BaseDataset(*(torch.from_numpy(each) for each in digits()))
    with TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):  # it draws bars there
        told = BaseTrainerConfig(
            output_dir=folder, num_epochs=EPOCHS, learning_rate=1e-3, per_device_train_batch_size=BATCH_SIZE,
            no_cuda=True,
        )  # fmt: skip
        trainer = BaseTrainer(peer_model(), data, training_config=told)
        start = time.process_time()
        trainer.train()
        return time.process_time() - start


def steps_peer() -> float:
    """CPU seconds of `FEW_STEPS` steps on its model without its trainer."""
    import torch

    model = peer_model()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    images = torch.from_numpy(digits()[0])
    start = time.process_time()
    for _ in range(FEW_STEPS):
        loss = model({"data": images[torch.randperm(len(images))[:BATCH_SIZE]]}).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return time.process_time() - start


def n_weights_differ() -> int:
    """How many more weights ours has than the peer: those of the classes alone."""
    from core.images.autoencoders import network_of

    ours, theirs = network_of(settings_of("C-VAE"), 10), peer_model()
    return sum(w.numel() for w in ours.parameters()) - sum(w.numel() for w in theirs.parameters())


def rounds(work: dict[str, Callable[[], float]]) -> dict[str, np.ndarray]:
    """(`ROUNDS`,) CPU seconds of each, interleaved, after a round that is not counted."""
    spent: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS + 1):
        for name, seconds in work.items():
            spent[name].append(seconds())
    return {name: np.array(taken[1:]) for name, taken in spent.items()}


def peak_mb(what: str, peer: str) -> float:
    """Of a training in a process of its own, or of the imports and the images alone."""
    ran = subprocess.run([sys.executable, __file__, "--peak", what, peer], capture_output=True, text=True, check=True)
    return float(ran.stdout)


def report_peak(what: str, peer: str) -> None:
    import torch

    sys.path.append(peer)
    torch.set_num_threads(1)
    logging.disable()
    for name in ("core.images.vae", "pythae.trainers"):  # the same in each process
        import_module(name)
    digits()
    {"nothing": lambda: 0.0, "pythae": train_peer}.get(what, lambda: train_ours(what))()
    status = Path("/proc/self/status").read_text()
    print(next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")))


def installed(folder: str) -> bool:
    """Whether pythae is in the folder now."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    ran = subprocess.run([*command, "--target", folder, *PEER], capture_output=True, text=True)
    return ran.returncode == 0


def speed(with_peer: bool) -> bool:
    work: dict[str, Callable[[], float]] = {
        f"step {kind} {method}": lambda kind=kind, method=method: steps_ours(method, kind)
        for method in METHODS
        for kind in ("as it is", "contiguous", "bfloat16")
    }
    if with_peer:
        assert n_weights_differ() == 10 * (32 + 32 + 1024)
        work |= {"step pythae": steps_peer, "train pythae": train_peer}
        work |= {f"train {method}": lambda method=method: train_ours(method) for method in METHODS}
    cpu_s = rounds(work)
    for method in METHODS:
        now = cpu_s[f"step as it is {method}"]
        contiguous, bfloat16 = (np.median(cpu_s[f"step {kind} {method}"] / now) for kind in ("contiguous", "bfloat16"))
        print(
            f"{method} step: {1000 * np.median(now) / FEW_STEPS:.1f} CPU-ms in float32 and channels_last, as used; "
            f"not in channels_last {contiguous:.2f} of it, in bfloat16 {bfloat16:.2f}"
        )
    if not with_peer:
        return True
    theirs, their_step = cpu_s["train pythae"], cpu_s["step pythae"]
    print(
        f"pythae step: {1000 * np.median(their_step) / FEW_STEPS:.1f} CPU-ms; "
        f"by its trainer {STEPS * BATCH_SIZE / np.median(theirs):.0f} training images of a CPU-s"
    )
    met = True
    for method in METHODS:
        ours = cpu_s[f"train {method}"]
        ratio, step_ratio = np.median(theirs / ours), np.median(their_step / cpu_s[f"step as it is {method}"])
        verdict = "like for like, without a target"
        if method == TARGETED:
            met = bool(ratio >= TARGET)
            verdict = f"target {TARGET:g} {'met' if met else 'MISSED'}"
        print(
            f"{method}: {STEPS * BATCH_SIZE / np.median(ours):.0f} training images of a CPU-s, {ratio:.2f} times "
            f"pythae's, {verdict}; a step {step_ratio:.2f} times as fast"
        )
    return met


def memory(peer: str) -> bool:
    before, theirs, *ours = (peak_mb(what, peer) for what in ("nothing", "pythae", *METHODS))
    met = True
    for method, peak in zip(METHODS, ours, strict=True):
        ratio = (peak - before) / (theirs - before)
        met &= ratio <= MEMORY_TARGET
        print(
            f"{method}: training adds {peak - before:.0f} MB to the {before:.0f} of imports and images, pythae's "
            f"{theirs - before:.0f}: ratio {ratio:.2f}, target at most {MEMORY_TARGET:g} "
            f"{'met' if ratio <= MEMORY_TARGET else 'MISSED'}"
        )
    return met


def main() -> int:
    import torch

    torch.set_num_threads(1)
    logging.disable()
    with TemporaryDirectory() as folder:
        if not installed(folder):
            print("VAE: pythae cannot be installed here, so nothing is compared with it; our own figures alone follow")
            speed(with_peer=False)
            return 0
        sys.path.append(folder)
        fast = speed(with_peer=True)
        small = memory(folder) if Path("/proc/self/status").is_file() else True
    return 0 if fast and small else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        report_peak(*sys.argv[2:])
        sys.exit()
    sys.exit(main())
