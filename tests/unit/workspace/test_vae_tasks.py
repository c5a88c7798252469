"""Jobs of the S3VAE page: a training with its map, a sweep, and what becomes of them."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled
from core.images.settings import VaeSettings
from core.types import Quiet
from core.workspace import image_sets, image_sources, jobs, tasks, vae_tasks
from core.workspace.extraction import PROCESSES
from core.workspace.image_sets import KeptImageSet
from core.workspace.store import Workspace
from tests.pages.finished import enter
from tests.unit.images.made import class_folders

pytestmark = pytest.mark.usefixtures("few_feature_steps")

SHORT = VaeSettings(size=16, channels=3, n_layers=2, latent=4, steps=4, check_every=2)


@pytest.fixture
def kept(ws: Workspace, tmp_path: Path) -> KeptImageSet:
    return image_sources.from_folder(ws, class_folders(tmp_path / "images", n=20))


def asked(kept: KeptImageSet) -> dict:
    return {"images": kept.id, **asdict(SHORT)}


class StopWhere(Quiet):
    """Asks to stop once a message begins so, and knows since when."""

    def __init__(self, message: str) -> None:
        self.message, self.since = message, 0.0

    def report(self, done: float, total: float, message: str = "") -> None:
        if message.startswith(self.message) and not self.since:
            self.since = time.monotonic()

    def cancelled(self) -> bool:
        return self.since > 0


def test_a_training_is_mapped_and_goes_with_its_images(ws: Workspace, kept: KeptImageSet) -> None:
    job = enter(ws, "vae", asked(kept), jobs.DONE)
    job.run_dir.mkdir(parents=True, exist_ok=True)
    tasks.TASKS["vae"](ws, asked(kept), Quiet(), job.run_dir)
    with np.load(job.run_dir / vae_tasks.MAP) as drawn:
        assert drawn["Z"].shape == (40, 2)
        assert sorted(drawn["labels"]) == [0] * 20 + [1] * 20
    image_sets.delete(ws, kept.id)
    assert not job.run_dir.exists()


def test_a_cancel_ends_the_map_within_two_seconds(ws: Workspace, kept: KeptImageSet, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    stop = StopWhere("Mapping")
    with pytest.raises(Cancelled):
        tasks.TASKS["vae"](ws, asked(kept), stop, tmp_path / "run")
    assert time.monotonic() - stop.since < 2
    assert not (tmp_path / "run" / vae_tasks.MAP).exists()


def test_a_sweep_that_was_stopped_repeats_no_training(ws: Workspace, kept: KeptImageSet, tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    ws.remember(PROCESSES, 0)
    with pytest.raises(Cancelled):
        tasks.TASKS["vae_sweep"](ws, asked(kept), StopWhere("sigma 0.1"), run_dir)
    finished = (run_dir / "finished.jsonl").read_text().splitlines()
    assert len(finished) > 3
    result = tasks.TASKS["vae_sweep"](ws, asked(kept), Quiet(), run_dir)
    assert len(result["rows"]) == 9
    assert (run_dir / "finished.jsonl").read_text().splitlines()[: len(finished)] == finished
