"""The discard study: Tables 5 to 7 of the S3VAE paper with the controls that it lacks (Chen et al. 2023, section 4).

The images are split once. In each repeat a share of one class's training images, or of each class's, is discarded, and
the classes are refilled by each method from what is left. Every model is judged on the test images, which no model, no
VAE and no early stopping has seen. Arms are compared repeat by repeat: they share the images left and first weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.images.dataset import ImageSet
from core.images.discard_parts import evaluate_all, fit_steps, parts_of
from core.images.discard_rows import arm_rows, difference_rows, growth_rows
from core.images.discard_sets import Refiller, loaded, make_sets, steps_of
from core.images.discard_split import Deal, deals, discarded_labels
from core.images.provenance import versions
from core.images.settings import DiscardSettings
from core.images.studies import check_side, fingerprint
from core.images.study_split import StudyImages, check_once, study_split
from core.images.synthetic_sets import still_there
from core.parallel import Pool, Tally, n_cores, open_pool
from core.parallel.processes import Processes
from core.people import person_key
from core.types import Progress, Quiet


def run(
    image_set: ImageSet,
    settings: DiscardSettings,
    refiller: Refiller | None,
    folder: Path,
    progress: Progress | None = None,
    finished: Mapping[str, Any] | None = None,
    on_result: Callable[[str, Any], None] = lambda key, result: None,
    n_processes: int | None = 0,
) -> dict[str, Any]:
    """The whole study as a dict for JSON.

    refiller: makes the synthetic images, which are kept in `folder`; None where no arm is a VAE. finished: key -> part
    that an earlier attempt with the same inputs finished, which is taken over as far as its files are still there;
    on_result is told each new one. n_processes: see `core.parallel.open_pool`; synthetic images are always made on this
    machine. The result is the same however often the study was stopped and whoever worked, on CPUs of one kind.

    Keys: name (of the image set), settings, vaes (arm -> settings), versions, inputs (hashes of the training and test
    images), classes, discarded (names), n_train, n_test (class -> n), n_left_out, people (of whom images are, 0 where
    unknown), rows (`arm_rows`), differences (`difference_rows`) and growth (`growth_rows`).

    Raises `UserError` where the images are too few to be split, of a size that the network is not for, or without the
    class to be discarded, `GuardError` where an image or a person would be on two sides or an image comes twice,
    `Cancelled`, and what the refiller raises.
    """
    check_side(settings)
    progress, finished = progress or Quiet(), still_there(finished or {}, folder)
    images = StudyImages.of(image_set, settings.size_px, settings.channels, settings.classes)
    labels = discarded_labels(settings, images.classes)
    check_once(images)
    split = study_split(images, settings.n_train, settings.random_state)
    train, test = images.at(split.train), images.at(split.test)
    dealt = deals(train, settings)
    parts = parts_of(dealt, settings)
    made = steps_of(settings, dealt)
    sizes = {**made, **{key: fit_steps(part, settings) for key, part in parts.items()}}
    tally = Tally(progress, sum(sizes[key] for key in sizes if key in finished), sum(sizes.values()))
    tally.check_cancelled()
    with ExitStack() as stack:
        pool = stack.enter_context(open_pool(n_processes, versions))
        near: Pool = stack.enter_context(Processes(n_cores())) if pool.remote and made else pool
        sets = make_sets(train, dealt, settings, refiller, folder, near, tally, finished, on_result)

        def set_of(arm: str, deal: Deal) -> StudyImages:
            return loaded(sets, folder, train, arm, deal)

        fits = evaluate_all(train, test, parts, set_of, settings, pool, tally, finished, on_result)
    tally.tell("Done")
    rows = arm_rows(fits, settings)
    return {
        "name": image_set.name,
        "settings": {**asdict(settings), "arms": list(settings.arms), "rates": list(settings.rates)},
        "vaes": {arm: asdict(vae) for arm, vae in settings.vaes.items()},
        "versions": versions(),
        "inputs": {"train": fingerprint(train), "test": fingerprint(test)},
        "classes": list(images.classes),
        "discarded": [images.classes[label] for label in labels],
        "n_train": train.n_per_class,
        "n_test": test.n_per_class,
        "n_left_out": len(split.left_out),
        "people": len({person_key(person) for person in images.people} - {""}),
        "rows": rows,
        "differences": difference_rows(rows),
        "growth": growth_rows(rows),
    }
