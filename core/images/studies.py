"""Does it help? The augmentation study: Table 4 of the GAN + GA paper with the controls that it lacks.

Fernandes, Correia and Machado (2020), section 4. The images are split once; generators and classifiers see the training
images alone. Each arm is trained with several seeds, in stratified folds, and every fold model is judged on the test
images. Arms are compared seed by seed, as they share folds and first weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.images.dataset import ImageSet
from core.images.provenance import versions
from core.images.settings import NETWORK_SIDES_PX, DiscardSettings, StudySettings
from core.images.study_parts import evaluate_all, fit_steps, parts_of
from core.images.study_rows import arm_rows, difference_rows, evolution_rows
from core.images.study_split import StudyImages, check_once, study_split
from core.images.synthetic_sets import SetMaker, generator_key, loaded, make_sets, steps_of, still_there
from core.parallel import Pool, Tally, n_cores, open_pool
from core.parallel.processes import Processes
from core.people import person_key
from core.types import Progress, Quiet


def run(
    image_set: ImageSet,
    settings: StudySettings,
    maker: SetMaker,
    folder: Path,
    progress: Progress | None = None,
    finished: Mapping[str, Any] | None = None,
    on_result: Callable[[str, Any], None] = lambda key, result: None,
    n_processes: int | None = 0,
) -> dict[str, Any]:
    """The whole study as a dict for JSON.

    maker: makes the synthetic sets, which are kept in `folder`. finished: key -> part that an earlier attempt with the
    same inputs finished, which is taken over as far as its files are still there; on_result is told each new one.
    n_processes: see `core.parallel.open_pool`; generators and sets are always made on this machine, where their files
    are. The result is the same however often the study was stopped and whoever worked, on CPUs of one kind.

    Keys: settings, versions, inputs (hashes of the training and test images), classes, n_train, n_test (class -> n),
    n_left_out, people (of whom images are, 0 where unknown), arms (`arm_rows`), differences (`difference_rows`),
    generators (class -> what the maker told) and evolutions (`evolution_rows`).

    Raises `UserError` where the images are too few to be split or dealt into folds, or of a size that the network is
    not for, `GuardError` where an image or a person would be on two sides or an image comes twice, `Cancelled`, and
    what the maker raises.
    """
    check_side(settings)
    progress, finished = progress or Quiet(), still_there(finished or {}, folder)
    images = StudyImages.of(image_set, settings.size_px, settings.channels, settings.classes)
    check_once(images)
    split = study_split(images, settings.n_train, settings.random_state)
    train, test = images.at(split.train), images.at(split.test)
    parts = parts_of(train, settings)
    made = steps_of(settings, len(images.classes))
    sizes = {**made, **{key: fit_steps(part, settings) for key, part in parts.items()}}
    tally = Tally(progress, sum(sizes[key] for key in sizes if key in finished), sum(sizes.values()))
    tally.check_cancelled()
    with ExitStack() as stack:
        pool = stack.enter_context(open_pool(n_processes, versions))
        near: Pool = stack.enter_context(Processes(n_cores())) if pool.remote and made else pool
        sets = make_sets(train, settings, maker, folder, near, tally, finished, on_result)

        def of_seed(kind: str, seed: int) -> StudyImages:
            return loaded(sets, folder, train, kind, seed)

        fits = evaluate_all(train, test, parts, of_seed, settings, pool, tally, finished, on_result)
    tally.tell("Done")
    arms = arm_rows(fits, settings)
    return {
        "settings": {**asdict(settings), "arms": list(settings.arms)},
        "versions": versions(),
        "inputs": {"train": fingerprint(train), "test": fingerprint(test)},
        "classes": list(images.classes),
        "n_train": train.n_per_class,
        "n_test": test.n_per_class,
        "n_left_out": len(split.left_out),
        "people": len({person_key(person) for person in images.people} - {""}),
        "arms": arms,
        "differences": difference_rows(arms),
        "generators": {
            name: sets[generator_key(label)]
            for label, name in enumerate(images.classes)
            if generator_key(label) in sets
        },
        "evolutions": evolution_rows(sets, settings, images.classes),
    }


def check_side(settings: StudySettings | DiscardSettings) -> None:
    """Raise `UserError` where the images of a study are not of a size that its network is for."""
    low, high = NETWORK_SIDES_PX[settings.network]
    if not low <= settings.size_px <= high:
        raise UserError(
            f"{settings.network} is for images of {low} to {high} px, not {settings.size_px} px.",
            "Its layers halve the side of an image until little is left.",
            "Choose another size or another network.",
        )


def fingerprint(images: StudyImages) -> str:
    """SHA-256 of which images these are, of what classes, at which size."""
    told = hashlib.sha256(repr(images.images.shape).encode())
    for label, pixels in zip(images.labels.tolist(), images.hashes.tolist(), strict=True):
        told.update(f"{label} {pixels}\n".encode())
    return told.hexdigest()
