"""`vae`: a C-VAE or S3VAE of an image folder, new images of its classes, and the sweep over sigma and K."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.images import SET, add_common, add_images, hash_of, read_images, write_result
from core.errors import UserError
from core.images.settings import POSTERIOR, S3VAE, SOURCES, VAES, VaeSettings
from core.settings import NOTICE
from core.terminal import Terminal, check_folder, say, within
from core.variational import PER_IMAGE, PLANS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from core.images.dataset import ImageSet

SWEEP = "sweep.csv"
TUNED = ("size", "n_layers", "latent", "sigma", "K", "anneal_steps", "free_bits", "plan", "steps", "learning_rate")
"""Settings that can be given beside a method."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_images(command, "images")
    command.add_argument("--method", choices=VAES, default=S3VAE, help="whose settings the others are given beside")
    command.add_argument("--plan", choices=PLANS, help="images of a step x combinations of each")
    command.add_argument("--size", type=within(int, 16, 256), metavar="PX", help="side of the images")
    command.add_argument("--layers", type=within(int, 1, 7), dest="n_layers", help="L, coding and decoding layers")
    command.add_argument("--latent", type=within(int, 1), metavar="N", help="units")
    command.add_argument("--sigma", type=within(float, 0), help="of the noise layer")
    command.add_argument("--K", type=within(float, 0), help="weight of the KL term")
    command.add_argument("--anneal-steps", type=within(int, 0), metavar="N", help="during which K rises from 0")
    command.add_argument("--free-bits", type=within(float, 0), metavar="NATS", help="of a unit that cost nothing")
    command.add_argument("--steps", type=within(int, 1), help="at most, of 64 combinations each")
    command.add_argument("--learning-rate", type=within(float, 0), metavar="RATE")
    command.add_argument("--draw", type=within(int, 0), default=0, metavar="N", help="new images of every class")
    command.add_argument("--source", choices=SOURCES, default=SOURCES[0], help="where the latents of these come from")
    command.add_argument("--sweep", action="store_true", help="a training for each of some sigmas with some K instead")
    command.add_argument("--workers", type=within(int, 0), metavar="N", help="processes of the sweep; else one a core")
    add_common(command)


def vae(arguments: argparse.Namespace) -> None:
    """Train a VAE of all classes of an image folder; stopped, it goes on where it was."""
    check_folder(arguments.out)
    if (arguments.out / SET).exists():
        raise UserError(f"{arguments.out / SET} is there already.", "A set is never written over.", "Change --out.")
    _check_together(arguments)
    image_set = read_images(arguments)
    given = {name: getattr(arguments, name) for name in TUNED if getattr(arguments, name) is not None}
    settings = replace(VAES[arguments.method], **given, channels=image_set.images.shape[3], random_state=arguments.seed)
    if arguments.sweep:
        _sweep(arguments, image_set, settings)
    else:
        _train(arguments, image_set, settings)


def _check_together(arguments: argparse.Namespace) -> None:
    """Options that do not go together are told before hours of work."""
    beside_sweep = {
        "--draw": bool(arguments.draw),
        "--sigma": arguments.sigma is not None,
        "--K": arguments.K is not None,
        f"--plan {PER_IMAGE}": arguments.plan == PER_IMAGE,
    }
    if arguments.sweep and any(beside_sweep.values()):
        raise UserError(
            f"--sweep does not go with {', '.join(name for name, given in beside_sweep.items() if given)}.",
            "It trains a network for each of its own sigmas and K, and keeps none of them to draw from.",
            "Leave these out, or --sweep.",
        )
    if arguments.plan == PER_IMAGE and arguments.draw and arguments.source != POSTERIOR:
        raise UserError(
            f"With --plan {PER_IMAGE} nothing can be drawn from the {arguments.source}.",
            "Each network knows one image, and there is no space that they share.",
            f"Draw from the {POSTERIOR}, or choose another plan.",
        )


def _train(arguments: argparse.Namespace, image_set: ImageSet, settings: VaeSettings) -> None:
    from core.images.vae_training import train_vae
    from core.images.vae_view import of_vae

    with Terminal() as terminal:
        result = train_vae(image_set, settings, arguments.out, terminal)
    say(f"Step {result['step']}: {result['n_active']} of {settings.latent} units active.")
    if result["collapsed"]:
        say(result["collapsed"])
    for name, told in result["classes"].items():
        made = told["beside"]["synthetic"]
        say(f"{name}: KID {_number(made['kid'])}, precision {_number(made['precision'])}, "
            f"recall {_number(made['recall'])}")  # fmt: skip
    if seen := of_vae(arguments.out):
        _write_sheets(arguments.out, seen.sheets)
    told = {**result, **_provenance(image_set)}
    if arguments.draw:
        _draw(arguments, image_set, told)
    write_result(arguments.out, told)


def _draw(arguments: argparse.Namespace, image_set: ImageSet, told: dict[str, Any]) -> None:
    from core.images.prepared import prepared
    from core.images.trained_vae import TrainedVae
    from core.images.vae_training import VAE, drawn_set
    from core.workspace.png_folder import write_png_folder

    vae = TrainedVae.load(arguments.out / VAE)
    data = prepared(image_set, vae.settings.size, vae.settings.channels, vae.settings.random_state)
    labels = {name: label for label, name in enumerate(image_set.classes)}
    made = drawn_set(vae, data, labels, arguments.draw, arguments.seed, arguments.source)
    manifest = {"notice": NOTICE, "synthetic": True, "source": arguments.source, "random_state": arguments.seed,
                "settings": told["settings"], "versions": told["versions"], "made_of": told["images"]}  # fmt: skip
    write_png_folder(made, arguments.out / SET, manifest)


def _sweep(arguments: argparse.Namespace, image_set: ImageSet, settings: VaeSettings) -> None:
    from core.files import atomic_write
    from core.images.provenance import versions
    from core.images.vae_sweep import sweep, sweep_csv
    from core.workspace.checkpoint import Checkpoint

    folder: Path = arguments.out
    made_from = {"images": hash_of(image_set), "settings": repr(settings), "versions": versions()}
    checkpoint = Checkpoint(folder, made_from)

    def keep(key: str, row: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        checkpoint.add(key, row)

    with Terminal() as terminal:
        result = sweep(image_set, settings, terminal, dict(checkpoint.finished), keep, arguments.workers)
    for row in result["rows"]:
        say(f"sigma {row['sigma']:g}, K {row['K']:g}: {row['n_active']} units active, KID {_number(row['kid'])}")
    atomic_write(folder / SWEEP, sweep_csv(result).encode())
    write_result(folder, {**result, **_provenance(image_set)})


def _provenance(image_set: ImageSet) -> dict[str, Any]:
    from core.images.provenance import versions

    return {"versions": versions(), "images": hash_of(image_set)}


def _write_sheets(out: Path, sheets: Mapping[str, np.ndarray]) -> None:
    from PIL import Image

    from core.files import atomic_path

    for name, sheet in sheets.items():
        with atomic_path(out / f"{name}.png") as part:
            Image.fromarray(sheet).save(part, "PNG")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
