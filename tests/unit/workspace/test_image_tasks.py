"""Jobs of the image space: a set, a generator, an evolved set, each from what the one before kept."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.images.settings import EvolutionSettings, GanSettings
from core.settings import NOTICE
from core.types import Quiet
from core.workspace import image_sets, image_sources, image_tasks, jobs, tasks
from core.workspace.store import Workspace
from tests.unit.images.cifar_files import cifar_10
from tests.unit.images.made import class_folders
from tests.watching import end_workers

pytestmark = pytest.mark.usefixtures("few_feature_steps")


@pytest.fixture
def searched(ws: Workspace, tmp_path: Path) -> tuple[Path, dict]:
    kept = image_sources.from_folder(ws, class_folders(tmp_path / "images", n=12))
    gan = {"images": kept.id, "classes": ["Normal"], **asdict(GanSettings(size=16, channels=3, steps=4, check_every=2))}
    (ws.runs_dir / "g").mkdir(parents=True)
    tasks.TASKS["gan"](ws, gan, Quiet(), ws.runs_dir / "g")
    search = asdict(EvolutionSettings(population=4, generations=2, n_images=6))
    asked = {"gan": "g", "images": kept.id, "class": "Normal", "random_state": 1, **search}
    run_dir = ws.runs_dir / "e"
    run_dir.mkdir()
    return run_dir, {**asked, "result": tasks.TASKS["evolve"](ws, asked, Quiet(), run_dir)}


def test_a_folder_becomes_a_set(ws: Workspace, tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "images")
    told = tasks.TASKS["images"](ws, {"folder": str(folder)}, Quiet(), tmp_path)
    assert image_sets.get(ws, told["image_set"]).n_per_class == {"Normal": 8, "Tapered": 8}


def test_a_part_of_a_folder_becomes_a_set(ws: Workspace, tmp_path: Path) -> None:
    folder = str(class_folders(tmp_path / "images", n=12, classes=("a", "b", "c")))
    for asked, counts in (
        ({"n_per_class": 9, "classes": 2}, {"a": 9, "b": 9}),
        ({"classes": ["a", "c"]}, {"a": 12, "c": 12}),
    ):
        told = tasks.TASKS["images"](ws, json.loads(json.dumps({"folder": folder, **asked})), Quiet(), tmp_path)
        assert told["n_per_class"] == counts
        assert any("3 classes, 2 were read" in said for said in image_sets.get(ws, told["image_set"]).remarks)


def test_cifar_10_becomes_a_set(ws: Workspace, tmp_path: Path) -> None:
    folder = cifar_10(tmp_path / "data" / "cifar-10-batches-py").parent
    told = tasks.TASKS["images"](ws, {"folder": str(folder)}, Quiet(), tmp_path)
    kept = image_sets.get(ws, told["image_set"])
    assert (kept.name, kept.n_images, len(kept.n_per_class), kept.width_px, kept.channels) == (
        "CIFAR-10",
        120,
        10,
        32,
        3,
    )


def test_a_search_keeps_its_sets_its_map_and_png_files(ws: Workspace, searched: tuple[Path, dict]) -> None:
    run_dir, asked = searched
    json.dumps(asked["result"], allow_nan=False)
    with np.load(run_dir / image_tasks.MAP, allow_pickle=False) as kept:
        assert kept["Z"].shape == (12, 2)
        assert kept["which"].tolist() == ["random"] * 6 + ["evolved"] * 6
    archive = image_tasks.png_archive(run_dir, "Normal", {"settings": {"seed": 1}})
    assert archive == image_tasks.png_archive(run_dir, "Normal", {"settings": {"seed": 1}})
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        manifest = json.loads(read.read("manifest.json"))
        assert (manifest["notice"], manifest["synthetic"], len(manifest["images"])) == (NOTICE, True, 6)
        assert Image.open(io.BytesIO(read.read("Normal/00001.png"))).size == (16, 16)
    assert image_tasks.kept_set(run_dir) is None
    place = image_tasks.keep_set(run_dir, "Normal", {})
    assert image_tasks.kept_set(run_dir) == place
    assert len(list((place / "Normal").glob("*.png"))) == 6


def test_a_search_depends_on_the_generator_that_it_reads(ws: Workspace, searched: tuple[Path, dict]) -> None:
    asked = {name: value for name, value in searched[1].items() if name != "result"}
    before = tasks.input_hashes(ws, "evolve", asked)
    assert before["images"] == asked["images"]
    (file,) = (ws.runs_dir / "g").glob("class-*/generator.safetensors")
    file.write_bytes(file.read_bytes() + b" ")
    assert tasks.input_hashes(ws, "evolve", asked) != before


def test_generators_and_searches_go_with_their_images(ws: Workspace, searched: tuple[Path, dict]) -> None:
    kept = searched[1]["images"]
    other = image_sources.from_digits(ws)
    ours = [jobs.submit(ws, "gan", {"images": set_id, "classes": []}) for set_id in (kept, other.id)]
    for job in ours:
        job.run_dir.mkdir(parents=True, exist_ok=True)
    end_workers(ws)
    image_sets.delete(ws, kept)
    assert [job.id for job in jobs.recent(ws)] == [ours[1].id]
    assert not ours[0].run_dir.exists()
    assert ours[1].run_dir.exists()
    assert image_sets.list_image_sets(ws) == [other]
