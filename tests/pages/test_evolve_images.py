"""Evolve images: empty, with images, training, trained, searching, found, and refused."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from core.errors import UserError
from core.images.settings import GAN_LIVE, EvolutionSettings, GanSettings
from core.types import Quiet
from core.workspace import image_sets, image_sources, image_tasks, jobs
from pages.parts import generator_panel
from tests.pages.finished import enter

pytestmark = pytest.mark.usefixtures("few_feature_steps")

SHORT = GanSettings(size=16, steps=100, check_every=50)
SEARCH = EvolutionSettings(population=4, generations=10, n_images=4, operators="vector")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Real results of a short training and a short search on the digits, and the folders that they left."""
    from core.images.class_generators import train_generators
    from core.images.dataset import digits
    from core.images.evolved_set import evolve_class

    image_set = digits()
    few = replace(image_set.at(range(300)))
    folder, found = tmp_path_factory.mktemp("gan"), tmp_path_factory.mktemp("evolve")
    gan = train_generators(few, ["3"], replace(SHORT, steps=4, check_every=2, batch=8), folder)
    return folder, gan, found, evolve_class(folder, few, "3", SEARCH, 0, found)


@pytest.fixture
def digits(ws):
    return image_sources.from_digits(ws)


def labels(app) -> list[str]:
    return [button.label for button in app.button]


def test_without_images_it_says_what_they_are_for_and_where_from(ws, open_page):
    app = open_page("evolve_images")
    assert any("Few images of a class become more" in m.value for m in app.markdown)
    assert "Handwritten digits, built in" in labels(app)
    next(b for b in app.button if b.label.startswith("Handwritten")).click().run()
    assert not app.exception
    assert image_sets.list_image_sets(ws)[0].n_images > 1_700
    assert "Train generator" in labels(app)


def test_a_training_is_asked_for_once_with_its_settings(ws, digits, open_page):
    app = open_page("evolve_images")
    app.select_slider(key="gan_size").set_value(32).run()
    next(b for b in app.button if b.label == "Train generator").click().run()
    (job,) = jobs.recent(ws)
    expected = {"images": digits.id, "classes": ["0"], **asdict(replace(GAN_LIVE, size=32))}
    assert {**job.settings, "steps": 0} == {**expected, "steps": 0}
    assert "Pause" in labels(app)
    assert any("The first images come after" in m.value for m in app.markdown)


def asked(digits) -> dict:
    return generator_panel.wanted(digits, "3", replace(SHORT, steps=1000, check_every=100))


def put(ws, kind, settings, folder, result):
    """A finished job whose run folder holds what a real one left."""
    import shutil

    job = enter(ws, kind, settings, jobs.DONE, result=json.dumps(result))
    shutil.copytree(folder, job.run_dir, dirs_exist_ok=True)
    return job


def test_a_weak_generator_is_called_weak_and_a_search_can_begin(ws, digits, finished, open_page):
    folder, gan, _, _ = finished
    put(ws, "gan", asked(digits), folder, gan)
    app = open_page("evolve_images")
    app.selectbox(key="image_class").set_value("3").run()
    assert not app.exception
    assert any("This is a weak generator" in w.value for w in app.warning)
    table = app.dataframe[0].value
    assert list(table.columns) == ["measure", "synthetic", "held-out real"]
    assert "Evolve" in labels(app)
    assert "Train generator" not in labels(app)
    next(b for b in app.button if b.label == "Evolve").click().run()
    assert jobs.recent(ws)[0].kind == "evolve"


def test_a_found_set_is_shown_beside_a_random_one_and_kept(ws, digits, finished, open_page):
    folder, gan, found, result = finished
    generator = put(ws, "gan", asked(digits), folder, gan)
    wanted = {"gan": generator.id, "images": digits.id, "class": "3", "random_state": 0,
              **asdict(EvolutionSettings(generations=150, operators="vector"))}  # fmt: skip
    job = put(ws, "evolve", wanted, found, result)
    import numpy as np

    np.savez(job.run_dir / image_tasks.MAP, Z=np.zeros((8, 2)), which=np.repeat(["random", "evolved"], 4))
    app = open_page("evolve_images")
    app.selectbox(key="image_class").set_value("3").run()
    assert not app.exception
    assert any("times as far apart" in m.value for m in app.markdown)
    next(b for b in app.button if b.label == "Keep the set").click().run()
    assert any("kept as PNG files" in s.value for s in app.success)
    assert image_tasks.kept_set(job.run_dir) is not None


def test_a_paused_search_can_be_resumed(ws, digits, finished, open_page):
    folder, gan, _, _ = finished
    generator = put(ws, "gan", asked(digits), folder, gan)
    wanted = {"gan": generator.id, "images": digits.id, "class": "3", "random_state": 0,
              **asdict(EvolutionSettings(generations=150, operators="vector"))}  # fmt: skip
    enter(ws, "evolve", wanted, jobs.CANCELLED)
    app = open_page("evolve_images")
    app.selectbox(key="image_class").set_value("3").run()
    assert "Resume" in labels(app)
    assert "Retry" not in labels(app)


def test_a_folder_that_cannot_be_read_is_told_and_stores_nothing(ws, tmp_path):
    with pytest.raises(UserError):
        image_tasks.take_images(ws, {"folder": str(tmp_path / "nowhere")}, Quiet(), tmp_path)
    assert image_sets.list_image_sets(ws) == []


def test_a_large_folder_is_read_in_part(ws, open_page):
    app = open_page("evolve_images")
    field = app.text_input(key="image_folder")
    for layout in ("CIFAR-10", "PlantVillage", "One subfolder a class"):
        assert layout in field.help
    read = next(b for b in app.button if b.label == "Read the folder")
    assert read.disabled
    field.set_value(" /data/PlantVillage ").run()
    app.number_input(key="image_most").set_value(500).run()
    app.number_input(key="image_classes").set_value(10).run()
    next(b for b in app.button if b.label == "Read the folder").click().run()
    assert not app.exception
    assert jobs.recent(ws)[0].settings == {"folder": "/data/PlantVillage", "n_per_class": 500, "classes": 10}


def test_without_numbers_a_folder_is_read_whole(ws, open_page):
    app = open_page("evolve_images")
    app.text_input(key="image_folder").set_value("/data/heads").run()
    next(b for b in app.button if b.label == "Read the folder").click().run()
    assert jobs.recent(ws)[0].settings == {"folder": "/data/heads"}


def test_a_folder_that_was_read_meanwhile_is_chosen_and_one_read_before_is_not(ws, digits, open_page, tmp_path):
    from tests.unit.images.made import class_folders

    app = open_page("evolve_images")
    kept = image_sources.from_folder(ws, class_folders(tmp_path / "images", n=20))
    settings = {"folder": str(tmp_path / "images")}
    enter(ws, "images", settings, jobs.DONE, result=json.dumps({"image_set": kept.id, "name": kept.name}))
    app.session_state["image_set"] = digits.id
    app.run()
    assert app.session_state["image_set"] == kept.id
    later = open_page("evolve_images")
    later.session_state["image_set"] = digits.id
    later.run()
    assert later.session_state["image_set"] == digits.id
