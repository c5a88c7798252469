"""A refiller of noise, settings and results with chosen numbers, for discard studies that take seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.images.discard_rows import difference_rows, growth_rows
from core.images.discard_sets import as_synthetic
from core.images.published_discards import METRICS, PAPER_METRICS
from core.images.seed_statistics import share_interval
from core.images.settings import DISCARD, FULL, DiscardSettings
from core.images.study_split import StudyImages
from core.rng import generator
from core.types import Progress

TINY = DiscardSettings(
    rates=(0.6, 0.9), discarded=1, network="small CNN", epochs=3, optimizer="Adam", learning_rate=1e-3, batch=32,
    patience=2, n_repeats=2, n_train=12, size_px=16, channels=1, classes=3, vae_steps=10,
)  # fmt: skip


def noisy(remaining: StudyImages, wanted: Mapping[int, int], random_state: int) -> StudyImages:
    """The images that remain, again and again, each under noise of its own."""
    labels = np.repeat(sorted(wanted), [wanted[label] for label in sorted(wanted)])
    chosen = [np.resize(np.flatnonzero(remaining.labels == label), wanted[label]) for label in sorted(wanted)]
    own = remaining.images[np.concatenate(chosen)]
    images = np.clip(own + generator(random_state).normal(0, 0.1, own.shape), 0, 1).astype(np.float32)
    return as_synthetic(images, labels, remaining.classes)


@dataclass(frozen=True)
class Noise:
    """It writes down in `folder` what it was asked for and which images it saw."""

    folder: Path

    def refill(
        self, remaining: StudyImages, wanted: Mapping[int, int], arm: str, random_state: int, progress: Progress
    ) -> StudyImages:
        assert not remaining.synthetic.any()
        with (self.folder / "asked.txt").open("a") as file:
            file.write(f"{arm}/{random_state}/{dict(wanted)} {','.join(remaining.hashes)}\n".replace(": ", ":"))
        return noisy(remaining, wanted, random_state)

    @property
    def asked(self) -> list[str]:
        path = self.folder / "asked.txt"
        return [line.rpartition(" ")[0] for line in path.read_text().splitlines()] if path.is_file() else []

    @property
    def seen(self) -> set[str]:
        lines = (self.folder / "asked.txt").read_text().splitlines()
        return {each for line in lines for each in line.rpartition(" ")[2].split(",")}


def row(arm: str, rate: float, f15: list[float], accuracy: list[float] | None = None, **more: Any) -> dict[str, Any]:
    """Of `arm_rows`: F1.5 of each repeat; every other metric is 0.5, the paper's are 0.75."""
    repeats = [dict.fromkeys(METRICS, 0.5) | {"f15": value} for value in f15]
    for repeat, value in zip(repeats, accuracy or [], strict=False):
        repeat["accuracy"] = value
    paper = [dict.fromkeys(PAPER_METRICS, 0.75) for _ in f15]
    return {
        "arm": arm, "rate": rate, "n_left": 104.0, "n_added": 24.0, "n_validation": 24.0, "repeats": repeats,
        "metrics": {name: share_interval([repeat[name] for repeat in repeats]) for name in METRICS},
        "paper_repeats": paper,
        "paper_metrics": {name: share_interval([repeat[name] for repeat in paper]) for name in PAPER_METRICS},
        "training_accuracy": [0.5, 1.0], "validation_accuracy": [0.4, 0.6], "n_epochs": 2.0,
        "n_stopped_early": len(f15), **more,
    }  # fmt: skip


def result(rows: list[dict[str, Any]], left_out: int = 0) -> dict[str, Any]:
    """Of `core.images.discards.run`, with the differences of the rows; `FULL` and `DISCARD` must be among them."""
    names = [each["arm"] for each in rows]
    assert FULL in names
    assert DISCARD in names
    n_repeats = len(rows[0]["repeats"])
    settings = DiscardSettings(n_repeats=n_repeats, n_train=40, network="small CNN", epochs=60, size_px=16)
    return {
        "name": "Digits", "settings": asdict(settings),
        "vaes": {arm: asdict(vae) for arm, vae in settings.vaes.items() if arm in names},
        "classes": ["Normal", "Tapered"], "discarded": ["Tapered"], "n_train": {"Normal": 40, "Tapered": 40},
        "n_test": {"Normal": 26, "Tapered": 50}, "n_left_out": left_out, "people": 0, "rows": rows,
        "differences": difference_rows(rows), "growth": growth_rows(rows),
    }  # fmt: skip
