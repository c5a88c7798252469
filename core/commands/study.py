"""`study augmentation`: whether synthetic images of a class help to tell classes apart."""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.commands.images import add_common, add_images, hash_of, read_images
from core.images.settings import ARMS, EVOLUTION_LIVE, GAN_LIVE, LIVE, NETWORKS, ORIGINAL, STUDIES
from core.settings import NOTICE
from core.terminal import Terminal, check_folder, say, within

RESULT, TABLE, LATEX = "study.json", "study.csv", "study.tex"
PARTS = "parts"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_images(command, "images")
    command.add_argument("--preset", choices=STUDIES, default=LIVE, help="of the settings")
    command.add_argument(
        "--arms",
        nargs="+",
        choices=[option(arm) for arm in ARMS if arm != ORIGINAL],
        metavar="NAME",
        help=f"beside the originals: {', '.join(option(arm) for arm in ARMS if arm != ORIGINAL)}",
    )
    command.add_argument("--network", choices=[option(name) for name in NETWORKS], help="the classifier")
    command.add_argument("--size", type=within(int, 16, 132), metavar="PX", dest="size_px", help="side of the images")
    command.add_argument("--epochs", type=within(int, 1), help="of each fold model")
    command.add_argument("--seeds", type=within(int, 2), dest="n_seeds", help="repeats of everything but the split")
    command.add_argument("--folds", type=within(int, 2), dest="n_folds")
    command.add_argument("--n-train", type=within(int, 2), metavar="N", help="images of a class to train on")
    command.add_argument("--classes", type=within(int, 2), metavar="N", help="the first ones alone")
    command.add_argument("--gan-steps", type=within(int, 1), default=GAN_LIVE.steps, help="of each generator")
    command.add_argument("--workers", type=within(int, 0), metavar="N", help="processes; without it one a core")
    add_common(command)


def study(arguments: argparse.Namespace) -> None:
    """Train classifiers with and without synthetic images, and judge them on images that nobody trained on."""
    from core.files import atomic_write
    from core.images import study_tables, study_words
    from core.images.gan_sets import GanSets
    from core.images.provenance import versions
    from core.images.studies import run
    from core.workspace.checkpoint import Checkpoint

    check_folder(arguments.out)
    image_set = read_images(arguments)
    names = ("size_px", "epochs", "n_seeds", "n_folds", "n_train", "classes")
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    if arguments.network:
        given["network"] = next(name for name in NETWORKS if option(name) == arguments.network)
    if arguments.arms:
        given["arms"] = tuple(arm for arm in ARMS if arm == ORIGINAL or option(arm) in arguments.arms)
    settings = replace(
        STUDIES[arguments.preset], **given, channels=image_set.images.shape[3], random_state=arguments.seed
    )
    folder: Path = arguments.out / PARTS
    gan = replace(GAN_LIVE, steps=arguments.gan_steps, random_state=arguments.seed)
    made_from = {"images": hash_of(image_set), "settings": repr(settings), "gan": repr(gan), "versions": versions()}
    checkpoint = Checkpoint(folder, made_from)
    if checkpoint.finished:
        say(f"{len(checkpoint.finished)} parts are finished already, and are not repeated.")
    maker = GanSets(gan, EVOLUTION_LIVE, folder / "generators")

    def keep(key: str, found: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        checkpoint.add(key, found)

    with Terminal() as terminal:
        result = run(image_set, settings, maker, folder, terminal, dict(checkpoint.finished), keep, arguments.workers)
    for found in study_words.findings(result):
        say(f"{found.headline}. {found.sentences[0]}")
    written = {"notice": NOTICE, **result, "images": hash_of(image_set)}
    atomic_write(arguments.out / TABLE, study_tables.csv(result).encode())
    atomic_write(arguments.out / LATEX, study_tables.latex(result).encode())
    atomic_write(arguments.out / RESULT, json.dumps(written, indent=2, allow_nan=False).encode())
    shutil.rmtree(folder, ignore_errors=True)


def option(name: str) -> str:
    """A name as it is written on the command line: `random GAN set` as `random-gan-set`."""
    return name.lower().replace(" ", "-")
