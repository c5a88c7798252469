"""Models in the workspace: whole or not there, stored once, found again by their card, gone when deleted."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from core.errors import UserError
from core.screening.bundle import to_file
from core.types import Quiet
from core.workspace import bundles, cohorts, jobs, storage, tasks
from core.workspace.demo import demo_table
from core.workspace.store import Workspace
from tests.unit.screening.kept import QUICK, kept, stranger
from tests.watching import ended


def test_a_model_is_kept_once_and_opened_as_it_was(ws: Workspace) -> None:
    model = bundles.keep(ws, kept(), "  First \n one ", bundles.TRAINED)
    again = bundles.keep(ws, kept(), "Second", bundles.IMPORTED)
    assert again == model
    assert (model.name, model.source, model.card) == ("First one", bundles.TRAINED, kept().card)
    assert bundles.list_kept(ws) == [model]
    assert to_file(bundles.open_kept(ws, model.id)) == to_file(kept())
    assert [path.name for path in ws.models_dir.iterdir()] == [kept().identity]


def test_the_newest_stands_first(ws: Workspace) -> None:
    old = bundles.keep(ws, kept(), "old", bundles.TRAINED)
    new = bundles.keep(ws, kept("SVM"), "new", bundles.TRAINED)
    assert [model.id for model in bundles.list_kept(ws)] == [new.id, old.id]


def test_a_deleted_model_is_gone(ws: Workspace) -> None:
    model = bundles.keep(ws, kept(), "x", bundles.TRAINED)
    bundles.remove(ws, model.id)
    assert list(ws.models_dir.iterdir()) == []
    with pytest.raises(UserError, match="not here any more"):
        bundles.get(ws, model.id)
    bundles.remove(ws, model.id)  # another tab did it a moment ago


def test_a_model_changed_on_disk_is_refused(ws: Workspace) -> None:
    model = bundles.keep(ws, kept(), "x", bundles.TRAINED)
    file = ws.models_dir / model.id / "fear.skops"
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(UserError, match=r"fear\.skops is not as it was kept"):
        bundles.open_kept(ws, model.id)
    card = ws.models_dir / model.id / "card.json"
    card.write_bytes(card.read_bytes().replace(b'"simulated": true', b'"simulated": false'))
    with pytest.raises(UserError, match="card of this model is damaged"):
        bundles.open_kept(ws, model.id)
    assert bundles.list_kept(ws) == []


@pytest.mark.parametrize("name", ["../../etc", "", "f" * 63, "/etc/passwd"])
def test_a_name_that_is_no_hash_leads_nowhere(ws: Workspace, name: str) -> None:
    for look in (bundles.get, bundles.open_kept, bundles.remove):
        with pytest.raises(UserError):
            look(ws, name)


def test_what_a_killed_process_left_is_swept(ws: Workspace) -> None:
    left = ws.models_dir / f".{'a' * 64}.0123.part"
    left.mkdir()
    (left / "fear.skops").write_bytes(b"x")
    Workspace.open(ws.home)
    assert left.exists()  # another process may be writing it
    os.utime(left, (0, 0))
    Workspace.open(ws.home)
    assert not left.exists()
    assert bundles.list_kept(ws) == []


def test_a_save_that_fails_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    with pytest.raises(UserError, match="there already"):
        bundles.save(kept(), place)
    assert list(tmp_path.iterdir()) == [place]
    with pytest.raises(UserError, match="holds no kept model"):
        bundles.load(place)


def test_models_are_counted_and_erased_with_everything(ws: Workspace) -> None:
    bundles.keep(ws, kept(), "x", bundles.TRAINED)
    assert storage.sizes(ws)["Models"] > 10_000
    storage.erase_everything(ws)
    assert bundles.list_kept(ws) == []
    assert list(ws.models_dir.iterdir()) == []


def test_a_training_job_keeps_a_model_that_screens(ws: Workspace) -> None:
    table = demo_table()
    cohort = cohorts.create(ws, "two", table[table["emotion"].isin(("anger", "fear"))])
    settings = {"table": cohort.table_hash, "name": "Mine", **asdict(QUICK)}
    job = ended(ws, jobs.submit(ws, "train", settings), 90)
    assert job.state == "done", job.error
    assert job.result is not None
    model = bundles.get(ws, job.result["model"])
    assert (model.name, model.source) == ("Mine", bundles.TRAINED)
    assert model.id == kept().identity
    asked = {"table": cohort.table_hash, "clip_ids": [], "model": model.id, **asdict(QUICK)}
    known = ended(ws, jobs.submit(ws, "screen", {**asked, "person": "SIM01"}), 60)
    assert known.state == "failed"
    assert "no honest verdict" in known.error
    others = cohorts.create(ws, "others", stranger())
    asked = {**asked, "table": others.table_hash, "person": "NEW"}
    done = tasks.screen(ws, asked, Quiet(), ws.runs_dir)
    assert done["model"] == model.id
    assert done["verdict"]["decision"] == "undecided"
    assert done["compared_with"] is None
    assert "nobody else of a known group" in done["notes"][-1]
    both = cohorts.create(ws, "both", pd.concat([table, stranger()], ignore_index=True))
    beside = tasks.screen(ws, {**asked, "table": both.table_hash}, Quiet(), ws.runs_dir)
    assert beside["verdict"] == done["verdict"]
    assert beside["compared_with"]["n_pd"] + beside["compared_with"]["n_control"] == 59
    assert all(vote["surroundings"]["nearest"] for vote in beside["emotions"] if vote["usable"])
    with pytest.raises(UserError, match="no rows"):
        tasks.screen(ws, {**asked, "person": "NOBODY"}, Quiet(), ws.runs_dir)
