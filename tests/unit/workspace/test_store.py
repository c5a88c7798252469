"""The folder and its database: rights, transactions, threads, and formats older and newer than ours."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest

from core.errors import UserError
from core.workspace import clips, image_sets, schema
from core.workspace.files import sha256_of
from core.workspace.image_sources import from_digits
from core.workspace.store import Workspace, default_home


def test_only_the_owner_can_read_the_folder(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    ws = Workspace.open(tmp_path / "home")
    assert ws.home.stat().st_mode & 0o777 == 0o700
    assert ws.read("PRAGMA journal_mode")[0][0] == "wal"


def test_home_is_lab_home_else_a_folder_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "chosen"))
    assert Workspace.open().home == tmp_path / "chosen"
    monkeypatch.delenv("LAB_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_home() == tmp_path / "data" / "hypomimia-lab"


def test_preferences_outlive_the_program(ws: Workspace) -> None:
    ws.remember("faces", {"blurred": True, "alpha": 7.5})
    ws.remember("faces", {"blurred": False})
    assert Workspace.open(ws.home).preference("faces") == {"blurred": False}
    assert ws.preference("missing", 3) == 3


def test_a_transaction_is_made_wholly_or_not_at_all(ws: Workspace) -> None:
    ws.remember("a", 1)

    def fail_halfway() -> None:
        with ws.transaction() as t:
            t.execute("UPDATE preferences SET value = '2' WHERE key = 'a'")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert ws.preference("a") == 1
    ws.remember("a", 3)  # and the connection is fit for the next one
    assert ws.preference("a") == 3


def test_threads_do_not_lose_each_others_changes(ws: Workspace) -> None:
    ws.remember("n", 0)

    def add() -> None:
        for _ in range(25):
            with ws.transaction() as t:
                n = int(t.execute("SELECT value FROM preferences WHERE key = 'n'").fetchone()[0])
                t.execute("UPDATE preferences SET value = ? WHERE key = 'n'", (str(n + 1),))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ws.preference("n") == 200


def test_many_can_open_a_new_workspace_at_once(tmp_path: Path) -> None:
    opened: list[Workspace] = []
    threads = [threading.Thread(target=lambda: opened.append(Workspace.open(tmp_path / "home"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 8
    assert opened[0].notice() is None


def test_an_older_database_is_copied_and_then_migrated(ws: Workspace) -> None:
    ws.remember("kept", "yes")
    newer = (*schema.STEPS, ("ALTER TABLE clips ADD COLUMN site TEXT", "CREATE TABLE sites (id TEXT)"))
    schema.migrate(ws.database, newer)
    with schema.connect(ws.database) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(newer)
        assert db.execute("SELECT site FROM clips").fetchall() == []
        assert db.execute("SELECT value FROM preferences WHERE key = 'kept'").fetchone()[0] == '"yes"'
    with sqlite3.connect(ws.home / f"lab.format{len(schema.STEPS)}.sqlite") as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == len(schema.STEPS)
        assert copy.execute("SELECT value FROM preferences WHERE key = 'kept'").fetchone()[0] == '"yes"'


def test_a_migration_that_fails_changes_nothing(ws: Workspace) -> None:
    ws.remember("kept", "yes")
    broken = (*schema.STEPS, ("CREATE TABLE sites (id TEXT)", "ALTER TABLE nowhere ADD COLUMN x"))
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(ws.database, broken)
    again = Workspace.open(ws.home)
    assert again.preference("kept") == "yes"
    assert again.read("SELECT 1 FROM sqlite_master WHERE name = 'sites'") == []


def test_a_newer_database_is_refused_and_left_alone(ws: Workspace) -> None:
    with schema.connect(ws.database) as db:
        db.execute(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = sha256_of(ws.database)
    with pytest.raises(UserError, match="newer version of the program"):
        Workspace.open(ws.home)
    assert sha256_of(ws.database) == before


def test_measurements_of_format_1_get_their_curves_and_their_neutral_clip(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    schema.migrate(home / "lab.sqlite", schema.STEPS[:1])
    row = (
        "INSERT INTO clips (id, sha256, name, subject, emotion, file, bytes, info, added, measured, measurement, "
        "peak_row) VALUES (?, ?, ?, ?, ?, '', 1, '{}', 0, 1, ?, ?)"
    )
    against, own = '{"neutral": null}', '{"neutral": [0, 4]}'
    with schema.connect(home / "lab.sqlite") as db:
        for name, subject, emotion, measurement, peak in (
            ("a", "P01", "anger", against, "{}"),
            ("b", "P01", "fear", own, "{}"),
            ("c", "P01", "neutral", own, None),
            ("d", "P02", "anger", against, "{}"),
        ):
            db.execute(row, (name, name, name, subject, emotion, measurement, peak))
    ws = Workspace.open(home)
    found = ws.read("SELECT id, curves, neutral_clip FROM clips ORDER BY id")
    assert [tuple(row) for row in found] == [
        ("a", "a.npz", "c"),
        ("b", "b.npz", None),
        ("c", None, None),
        ("d", "d.npz", ""),
    ]
    assert [clip.measured for clip in clips.list_clips(ws)] == [True, True, True, False]


def test_a_measurement_of_format_2_can_be_looked_at_and_its_peak_corrected(tmp_path: Path) -> None:
    """Its curves were kept without the features, and the strength with them."""
    home = tmp_path / "home"
    (home / "measurements").mkdir(parents=True)
    schema.migrate(home / "lab.sqlite", schema.STEPS[:2])
    intensity = np.zeros((12, 17), np.float32)
    intensity[3, 2], intensity[7, 8] = 4.0, 3.0
    sides = np.zeros((12, 14), np.float32)
    np.savez_compressed(
        home / "measurements" / "a.npz",
        strength=intensity.sum(axis=1), timestamp_s=np.arange(12.0), confidence=np.ones(12, np.float32),
        success=np.ones(12, bool), n_faces=np.ones(12, np.int16), pose_deg=np.zeros((12, 3), np.float32),
        intensity=intensity, left=sides, right=sides,
    )  # fmt: skip
    quality = ("verdict", "usable"), ("reason", "")
    figures = ("frames_read", "face_found", "mean_confidence", "yaw_range_deg", "pitch_range_deg", "inter_eye_px",
               "blur", "exposure", "n_faces")  # fmt: skip
    described = {
        "emotion": "anger", "neutral": [0, 1], "backend": "hypomimia-lab", "versions": {},
        "quality": dict(quality) | dict.fromkeys(figures, 12),
    }  # fmt: skip
    with schema.connect(home / "lab.sqlite") as db:
        db.execute(
            "INSERT INTO clips (id, sha256, name, subject, emotion, file, bytes, info, added, measured, verdict, "
            "peak_frame, n_frames, measurement, peak_row, curves) "
            "VALUES ('a', 'a', 'a.mp4', 'P01', 'anger', '', 1, '{}', 0, 1, 'usable', 3, 12, ?, '{}', 'a.npz')",
            (json.dumps(described),),
        )
    ws = Workspace.open(home)
    (clip,) = clips.list_clips(ws)
    assert (clip.simulated, clip.peak_frame, clips.corrections(ws, "a"), clips.load_mesh(ws, "a")) == (
        False,
        3,
        (),
        None,
    )
    found = clips.load_measurement(ws, "a")
    assert (found.peak_frame, found.features, found.quality.doubts) == (3, None, ())
    assert found.dynamics is not None
    assert found.dynamics.amplitude == 1.0
    with pytest.raises(UserError, match="Measure it again"):
        clips.correct_neutral(ws, "a", 4, 6)
    assert clips.correct_peak(ws, "a", 7).peak_frame == 7
    assert clips.rows_of(ws, ["a"]).loc[0, "AU12"] == 3.0
    assert clips.undo_correction(ws, "a").peak_frame == 3


def test_a_workspace_of_format_3_can_keep_image_sets(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    schema.migrate(home / "lab.sqlite", schema.STEPS[:3])
    with schema.connect(home / "lab.sqlite") as db:
        db.execute("INSERT INTO preferences VALUES ('kept', '\"yes\"')")
    ws = Workspace.open(home)
    assert (ws.preference("kept"), image_sets.list_image_sets(ws)) == ("yes", [])
    assert ws.image_sets_dir.is_dir()
    kept = from_digits(ws)
    assert image_sets.list_image_sets(Workspace.open(home)) == [kept]


def test_a_lost_database_is_told_where_only_image_sets_are_left(ws: Workspace) -> None:
    from_digits(ws)
    ws.database.unlink()
    again = Workspace.open(ws.home)
    notice = again.notice()
    assert notice is not None
    assert "is missing" in notice.what
    assert len(list(again.image_sets_dir.iterdir())) == 1
