"""`study discard`: whether synthetic images make up for discarded ones."""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.images import add_common, add_images, hash_of, read_images
from core.commands.study import PARTS, option
from core.errors import UserError
from core.images.settings import DISCARD, DISCARD_ARMS, DISCARDS, FULL, LIVE, NETWORKS, REFILLED, DiscardSettings
from core.settings import NOTICE
from core.terminal import Terminal, check_folder, say, within

if TYPE_CHECKING:
    from core.images.dataset import ImageSet

RESULT, TABLE, LATEX = "discard-study.json", "discard-study.csv", "discard-study.tex"
EACH = "each"
TUNED = ("size_px", "epochs", "n_repeats", "n_train", "classes", "vae_steps", "n_layers", "K", "sigma")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_images(command, "images")
    command.add_argument("--preset", choices=DISCARDS, default=LIVE, help="of the settings")
    command.add_argument(
        "--rates", nargs="+", type=within(float, 1, 99.9), metavar="PER_CENT", help="of the images of a class"
    )
    command.add_argument(
        "--discard-class",
        metavar="NAME",
        help=f"the class that loses images, without it the first; {EACH}: every class does",
    )
    names = [option(arm) for arm in REFILLED]
    command.add_argument(
        "--arms", nargs="*", choices=names, metavar="NAME", help=f"what refills a class: {', '.join(names)}"
    )
    command.add_argument("--network", choices=[option(name) for name in NETWORKS], help="the classifier")
    command.add_argument("--size", type=within(int, 16, 256), metavar="PX", dest="size_px", help="side of the images")
    command.add_argument("--epochs", type=within(int, 1), help="of each classifier, at most")
    command.add_argument("--repeats", type=within(int, 2), dest="n_repeats", help="of everything but the split")
    command.add_argument("--n-train", type=within(int, 2), metavar="N", help="images of a class to train on")
    command.add_argument("--classes", type=within(int, 2), metavar="N", help="the first ones alone")
    command.add_argument("--vae-steps", type=within(int, 1), help="of each VAE, at most")
    command.add_argument("--layers", type=within(int, 1, 7), dest="n_layers", help="L: of a VAE, each way")
    command.add_argument("--kl-weight", type=within(float, 0), dest="K", help="K: of the KL term")
    command.add_argument("--sigma", type=within(float, 0), help="σ: of the S3VAE's noise layer")
    command.add_argument("--workers", type=within(int, 0), metavar="N", help="processes; without it one a core")
    add_common(command)


def discard_study(arguments: argparse.Namespace) -> None:
    """Discard images of a class, refill it with synthetic ones, and judge classifiers on images nobody trained on."""
    from core.files import atomic_write
    from core.images import discard_tables, discard_words
    from core.images.discard_sets import vae_refiller
    from core.images.discards import run
    from core.images.provenance import versions
    from core.workspace.checkpoint import Checkpoint

    check_folder(arguments.out)
    image_set = read_images(arguments)
    settings = settings_of(arguments, image_set)
    folder: Path = arguments.out / PARTS
    made_from = {"images": hash_of(image_set), "settings": repr(settings), "versions": versions()}
    checkpoint = Checkpoint(folder, made_from)
    if checkpoint.finished:
        say(f"{len(checkpoint.finished)} parts are finished already, and are not repeated.")

    def keep(key: str, found: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        checkpoint.add(key, found)

    with Terminal() as terminal:
        result = run(
            image_set,
            settings,
            vae_refiller(settings),
            folder,
            terminal,
            dict(checkpoint.finished),
            keep,
            arguments.workers,
        )
    for found in discard_words.findings(result):
        say(f"{found.headline}. {found.sentences[0]}")
    written = {"notice": NOTICE, **result, "images": hash_of(image_set)}
    atomic_write(arguments.out / TABLE, discard_tables.csv(result).encode())
    atomic_write(arguments.out / LATEX, discard_tables.latex(result).encode())
    atomic_write(arguments.out / RESULT, json.dumps(written, indent=2, allow_nan=False).encode())
    shutil.rmtree(folder, ignore_errors=True)


def settings_of(arguments: argparse.Namespace, image_set: ImageSet) -> DiscardSettings:
    """The preset, changed by what is given. Raises `UserError` where there is no class of the name that is given."""
    given = {name: getattr(arguments, name) for name in TUNED if getattr(arguments, name) is not None}
    if arguments.rates:
        given["rates"] = tuple(sorted({round(rate / 100, 6) for rate in arguments.rates}))
    if arguments.network:
        given["network"] = next(name for name in NETWORKS if option(name) == arguments.network)
    if arguments.arms is not None:
        kept = {FULL, DISCARD, *(arm for arm in REFILLED if option(arm) in arguments.arms)}
        given["arms"] = tuple(arm for arm in DISCARD_ARMS if arm in kept)
    if arguments.discard_class in image_set.classes:
        given["discarded"] = image_set.classes.index(arguments.discard_class)
    elif arguments.discard_class == EACH:
        given["discarded"] = None
    elif arguments.discard_class is not None:
        raise UserError(
            f"There is no class {arguments.discard_class}.",
            f"The images are of {', '.join(image_set.classes)}.",
            f"Name one of these, or {EACH}.",
        )
    return replace(DISCARDS[arguments.preset], **given, channels=image_set.images.shape[3], random_state=arguments.seed)
