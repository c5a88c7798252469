"""S3VAE: empty, with images, training, trained in each of its views, paused, collapsed, swept, and deep links."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace

import numpy as np
import pytest

from core.images.settings import C_VAE, S3VAE, VAES, VaeSettings
from core.settings import NOTICE
from core.workspace import image_sources, jobs, vae_tasks
from pages.parts import vae_panel, vae_sweep
from tests.pages.finished import enter

pytestmark = pytest.mark.usefixtures("few_feature_steps")

USUAL = replace(VAES[S3VAE], size=16, steps=1_000)


@pytest.fixture
def digits(ws):
    return image_sources.from_digits(ws)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A real, short training on all digits, and the folder that it left."""
    from core.images.dataset import digits
    from core.images.vae_training import train_vae

    folder = tmp_path_factory.mktemp("vae")
    result = train_vae(digits(), VaeSettings(size=16, n_layers=2, latent=4, steps=4, check_every=2), folder)
    np.savez(folder / vae_tasks.MAP, Z=np.zeros((20, 2)), labels=np.arange(20) % 10)
    return folder, result


def wanted(digits, settings=USUAL) -> dict:
    return {"images": digits.id, **asdict(settings)}


def put(ws, digits, finished, **changed):
    """The job of the page's first settings, finished, with what the short training left."""
    folder, result = finished
    job = enter(ws, "vae", wanted(digits), jobs.DONE, result=json.dumps({**result, **changed}))
    shutil.copytree(folder, job.run_dir, dirs_exist_ok=True)
    return job


def labels(app) -> list[str]:
    return [button.label for button in app.button]


def said(app) -> str:
    return "\n".join(m.value for m in app.markdown)


def see(app, view: str) -> None:
    app.segmented_control(key="vae_view").set_value(view).run()
    assert not app.exception


def test_without_images_it_says_what_it_is_and_where_images_come_from(ws, open_page):
    app = open_page("s3vae")
    assert "One network for all classes" in said(app)
    assert "Handwritten digits, built in" in labels(app)
    assert "Train" not in labels(app)


def test_a_training_is_asked_for_once_with_its_settings(ws, digits, open_page):
    app = open_page("s3vae")
    app.slider(key="vae_sigma").set_value(0.3).run()
    app.segmented_control(key="vae_plan").set_value("1x64").run()
    next(b for b in app.button if b.label == "Train").click().run()
    (job,) = jobs.recent(ws)
    assert job.settings == wanted(digits, replace(USUAL, sigma=0.3, plan="1x64"))
    assert "Pause" in labels(app)
    assert "first images come after" in said(app)


def test_the_c_vae_is_the_same_network_without_noise_and_plan(ws, digits, open_page):
    app = open_page("s3vae")
    app.segmented_control(key="vae_method").set_value(C_VAE).run()
    assert "vae_sigma" not in {slider.key for slider in app.slider}
    next(b for b in app.button if b.label == "Train").click().run()
    assert jobs.recent(ws)[0].settings == wanted(digits, replace(USUAL, sigma=0.0, plan="batch"))


@pytest.mark.parametrize("view", ["New images", "Between two images", "Latent map"])
def test_a_view_of_an_untrained_network_says_what_to_do(ws, digits, open_page, view):
    app = open_page("s3vae")
    see(app, view)
    assert "Train the network first" in said(app)


def test_a_trained_one_shows_its_curves_units_measures_and_files(ws, digits, finished, open_page):
    put(ws, digits, finished)
    app = open_page("s3vae")
    assert "latent units are active at step" in said(app)
    assert "Train" not in labels(app)
    table = app.dataframe[0].value
    assert list(table.columns) == ["measure", "synthetic", "held-out real"]
    assert [d.label for d in vae_panel.exports(jobs.recent(ws)[0])] == ["Training as JSON", "Measures as CSV"]


def test_a_collapsed_one_is_called_so(ws, digits, finished, open_page):
    put(ws, digits, finished, collapsed="None of 32 latent units tell the samples apart")
    assert any("None of 32 latent units" in w.value for w in open_page("s3vae").warning)


def test_new_images_are_drawn_and_can_be_taken_away(ws, digits, finished, open_page):
    job = put(ws, digits, finished)
    app = open_page("s3vae")
    see(app, "New images")
    app.segmented_control(key="vae_source").set_value("prior").run()
    assert not app.exception
    from pages.parts import vae_explorer

    archive = vae_explorer._archive(ws, job, "3", "prior", 2)
    assert archive == vae_explorer._archive(ws, job, "3", "prior", 2)
    assert archive.startswith(b"PK")
    assert NOTICE.encode() in archive


def test_between_two_images_a_slider_moves(ws, digits, finished, open_page):
    put(ws, digits, finished)
    app = open_page("s3vae")
    see(app, "Between two images")
    app.slider(key="vae_share").set_value(1.0).run()
    assert not app.exception


def test_the_map_is_drawn(ws, digits, finished, open_page):
    put(ws, digits, finished)
    app = open_page("s3vae")
    see(app, "Latent map")
    assert "posterior means" in said(app)


def test_a_network_of_each_image_has_no_map_no_way_between_and_no_sweep(ws, digits, open_page):
    app = open_page("s3vae")
    app.segmented_control(key="vae_plan").set_value("per-image").run()
    assert "learns it by heart" in said(app)
    see(app, "Sweep of σ and K")
    assert "choose another sampling plan" in said(app)


def test_a_paused_training_can_be_resumed(ws, digits, open_page):
    enter(ws, "vae", wanted(digits), jobs.CANCELLED)
    assert "Resume" in labels(open_page("s3vae"))


def test_a_sweep_is_asked_for_and_told(ws, digits, open_page):
    app = open_page("s3vae")
    see(app, "Sweep of σ and K")
    next(b for b in app.button if b.label == "Sweep σ and K").click().run()
    job = jobs.recent(ws)[0]
    assert (job.kind, job.settings) == ("vae_sweep", wanted(digits))
    jobs.cancel(ws, job.id)
    measures = {"kid": 1.0, "precision": 0.5, "recall": None, "pair_distance": 2.0, "near_copy_share": 0.25}
    rows = [{"sigma": s, "K": K, "step": 9, "n_active": 3, "reconstruction": 1.5, **measures}
            for s in (0.0, 0.3) for K in (0.1, 1.0)]  # fmt: skip
    result = {"settings": asdict(USUAL), "rows": rows, "held_out": measures}
    enter(ws, "vae_sweep", wanted(digits), jobs.DONE, result=json.dumps(result))
    app = open_page("s3vae")
    see(app, "Sweep of σ and K")
    assert "all else alike" in said(app)
    assert vae_sweep.table(result)[0]["near-copies"] == "25 %"
    assert vae_sweep.table(result)[-1]["σ"] == "real"
