"""The discard study as a job: from a kept image set, resumed without repeating, gone with its images."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.images.settings import DISCARD, DUPLICATE, FULL, S3VAE
from core.types import Quiet
from core.workspace import image_sets, image_sources, jobs, tasks
from core.workspace.extraction import PROCESSES
from core.workspace.store import Workspace
from tests.unit.images.discarded import TINY, Noise
from tests.unit.images.made import class_folders
from tests.watching import end_workers


@pytest.fixture
def asked(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Settings of a short study of two classes, as the job table keeps them, with noise for VAEs."""
    kept = image_sources.from_folder(ws, class_folders(tmp_path / "images", n=16))
    module: Any = ModuleType("core.images.vae_sets")
    module.VaeSets = lambda settings: Noise(tmp_path)
    monkeypatch.setitem(sys.modules, "core.images.vae_sets", module)
    short = replace(
        TINY, classes=None, channels=kept.channels, arms=(FULL, DISCARD, S3VAE, DUPLICATE), rates=(0.9,), epochs=1
    )
    settings: dict[str, Any] = json.loads(json.dumps({"images": kept.id, **asdict(short)}))
    return settings


def test_a_job_gives_its_result_and_a_retry_repeats_nothing(
    ws: Workspace, asked: dict[str, Any], tmp_path: Path
) -> None:
    ws.remember(PROCESSES, 0)
    run_dir = ws.runs_dir / "d"
    run_dir.mkdir(parents=True)
    result = tasks.TASKS["discard"](ws, asked, Quiet(), run_dir)
    json.dumps(result, allow_nan=False)
    assert [row["arm"] for row in result["rows"]] == asked["arms"]
    n_asked = len(Noise(tmp_path).asked)
    assert n_asked == 2
    assert tasks.TASKS["discard"](ws, asked, Quiet(), run_dir) == result
    assert len(Noise(tmp_path).asked) == n_asked


def test_it_depends_on_its_images_and_goes_with_them(ws: Workspace, asked: dict[str, Any]) -> None:
    assert tasks.input_hashes(ws, "discard", asked) == {"images": asked["images"]}
    job = jobs.submit(ws, "discard", asked)
    job.run_dir.mkdir(parents=True, exist_ok=True)
    end_workers(ws)
    image_sets.delete(ws, asked["images"])
    assert jobs.recent(ws) == []
    assert not job.run_dir.exists()
