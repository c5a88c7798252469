"""`gan` and `evolve`: generators for classes of few images, and sets evolved with them."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.images.settings import EVOLUTIONS, GANS, LIVE, MIN_CLASSES, MIN_IMAGES, SIMILARITIES, GanSettings
from core.settings import NOTICE, OPERATORS
from core.terminal import Terminal, check_folder, say, within

if TYPE_CHECKING:
    from core.images.dataset import ImageSet

DIGITS = "digits"
RESULT = "result.json"
SHEET, SET = "samples.png", "set"
TUNED = ("similarity", "operators", "n_images", "population", "generations", "elite", "crossover", "mutation", "gate")
"""Settings of a search that can be given beside a preset."""


def add_gan_arguments(command: argparse.ArgumentParser) -> None:
    """What `gan` takes."""
    add_images(command, "images")
    command.add_argument("--class", dest="classes", nargs="+", metavar="NAME", help="without it every class")
    command.add_argument("--preset", choices=EVOLUTIONS, default=LIVE, help="of the settings")
    command.add_argument("--size", type=within(int, 16, 132), metavar="PX", help="side of the images")
    command.add_argument("--steps", type=within(int, 1), help="batches that each network is trained on")
    add_common(command)


def add_evolve_arguments(command: argparse.ArgumentParser) -> None:
    """What `evolve` takes."""
    command.add_argument("generators", type=Path, metavar="DIR", help="what gan wrote")
    add_images(command, "--images")
    command.add_argument("--class", dest="name", required=True, metavar="NAME")
    command.add_argument("--preset", choices=EVOLUTIONS, default=LIVE, help="of the settings")
    command.add_argument("--similarity", choices=SIMILARITIES)
    command.add_argument("--operators", choices=OPERATORS)
    command.add_argument("--n-images", type=within(int, 2), metavar="N", help="of the set")
    command.add_argument("--population", type=within(int, 2))
    command.add_argument("--generations", type=within(int, 0))
    command.add_argument("--elite", type=within(int, 0))
    command.add_argument("--crossover", type=within(float, 0, 1))
    command.add_argument("--mutation", type=within(float, 0, 1))
    command.add_argument("--gate", action=argparse.BooleanOptionalAction, default=None, help="the class gate")
    add_common(command)


def gan(arguments: argparse.Namespace) -> None:
    """Train a generator for each class of an image folder; stopped, it goes on where it was."""
    from core.images.class_generators import train_generators
    from core.images.provenance import versions

    check_folder(arguments.out)
    image_set = read_images(arguments)
    settings = _gan_settings(arguments, image_set)
    classes = arguments.classes or list(image_set.classes)
    with Terminal() as terminal:
        result = train_generators(image_set, classes, settings, arguments.out, terminal)
    for name, told in result["classes"].items():
        _write_sheet(arguments.out, told["label"])
        made = told["beside"]["synthetic"]
        say(f"{name}: KID {made['kid']:.2f}, precision {made['precision']:.2f}, recall {made['recall']:.2f}")
    write_result(arguments.out, {**result, "versions": versions(), "images": hash_of(image_set)})


def evolve(arguments: argparse.Namespace) -> None:
    """Evolve a set of images of one class with its generator, as PNG files with a manifest."""
    from core.images.evolved_set import as_image_set, evolve_class
    from core.images.live_view import sets_of
    from core.images.provenance import versions
    from core.workspace.png_folder import write_png_folder

    check_folder(arguments.out)
    if (arguments.out / SET).exists():
        raise UserError(f"{arguments.out / SET} is there already.", "A set is never written over.", "Change --out.")
    image_set = read_images(arguments)
    given = {name: getattr(arguments, name) for name in TUNED if getattr(arguments, name) is not None}
    settings = replace(EVOLUTIONS[arguments.preset], **given)
    with Terminal() as terminal:
        result = evolve_class(
            arguments.generators, image_set, arguments.name, settings, arguments.seed, arguments.out, terminal
        )
    result |= {"class": arguments.name, "versions": versions(), "images": hash_of(image_set)}
    manifest = {"notice": NOTICE, "synthetic": True, **{k: result[k] for k in ("settings", "random_state", "images")}}
    write_png_folder(
        as_image_set(sets_of(arguments.out)["evolved.images"], arguments.name), arguments.out / SET, manifest
    )
    evolved, random = result["evolved"], result["random"]
    say(f"Pair distance {evolved['pair_distance']:.2f}, of a random set {random['pair_distance']:.2f}")
    write_result(arguments.out, result)


def read_images(arguments: argparse.Namespace) -> ImageSet:
    """The images of a folder or the part of them that was asked for, told what was left out, or the built-in digits."""
    from core.images.dataset import digits
    from core.images.excerpt import Excerpt
    from core.images.folder import read_folder

    names = arguments.only_classes
    excerpt = Excerpt(tuple(names) if names else arguments.n_classes, arguments.n_per_class, arguments.draw_seed)
    if arguments.images == DIGITS and not Path(DIGITS).exists():
        if excerpt.classes or excerpt.n_per_class:
            raise UserError("The built-in digits are read whole.", "They are few.", "Leave out what says which.")
        return digits()
    with Terminal() as terminal:
        image_set, remarks = read_folder(arguments.images, terminal, excerpt=excerpt)
    for remark in remarks:
        say(remark)
    return image_set


def _gan_settings(arguments: argparse.Namespace, image_set: ImageSet) -> GanSettings:
    given: dict[str, Any] = {name: getattr(arguments, name) for name in ("size", "steps") if getattr(arguments, name)}
    return replace(GANS[arguments.preset], **given, channels=image_set.images.shape[3], random_state=arguments.seed)


def add_images(command: argparse.ArgumentParser, name: str) -> None:
    """The arguments that say which images."""
    layouts = "one subfolder a class, CIFAR-10 (its batches, or train and test), PlantVillage"
    argument = command.add_argument(name, metavar="FOLDER", help=f"{layouts}, or {DIGITS}")
    argument.required = True
    part = command.add_argument_group("of a large folder, read only")
    which = part.add_mutually_exclusive_group()
    which.add_argument("--n-classes", type=within(int, MIN_CLASSES), metavar="N", help="the N largest classes")
    which.add_argument("--only-classes", nargs="+", metavar="NAME", help="these classes")
    part.add_argument("--n-per-class", type=within(int, MIN_IMAGES), metavar="N", help="at most N images of each class")
    part.add_argument("--draw-seed", type=within(int, 0), default=0, metavar="N", help="which ones; 0 without it")


def add_common(command: argparse.ArgumentParser) -> None:
    """What all of these commands take."""
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--out", type=Path, required=True, metavar="DIR")


def hash_of(image_set: ImageSet) -> dict[str, Any]:
    """What the images of a result were."""
    from core.workspace.image_sets import content_id

    return {"name": image_set.name, "sha256": content_id(image_set), "n_per_class": image_set.n_per_class}


def _write_sheet(out: Path, label: int) -> None:
    from PIL import Image

    from core.files import atomic_path
    from core.images.class_generators import class_folder
    from core.images.live_view import of_training

    seen = of_training(class_folder(out, label))
    if seen is not None:
        with atomic_path(class_folder(out, label) / SHEET) as part:
            Image.fromarray(seen.sheet).save(part)


def write_result(out: Path, result: dict[str, Any]) -> None:
    """As JSON, with the notice."""
    from core.files import atomic_write

    atomic_write(out / RESULT, json.dumps({"notice": NOTICE, **result}, indent=2, allow_nan=False).encode())
