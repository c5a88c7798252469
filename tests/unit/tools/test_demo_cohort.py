"""The demo cohort can be made again: who is in it, and that clips and rows come out as they are kept."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

from core.types import CONTROL, EMOTIONS, PD
from tools import demo_people
from tools.demo_cohort import ASSETS, make, shown_people
from tools.rendering import people
from tools.rendering.face_model import FaceModel
from tools.rendering.films import film


def test_the_cast_is_that_of_table_i() -> None:
    cast = demo_people.cast()
    assert cast == demo_people.cast()
    counts = {g: {e: sum(e in p.emotions for p in cast if p.group == g) for e in EMOTIONS} for g in (PD, CONTROL)}
    assert counts == demo_people.TABLE_I
    assert min(len(person.emotions) for person in cast) == 4


def test_the_groups_differ_and_overlap_as_the_card_says() -> None:
    """Over many casts: means of what is drawn, and how often a PD-like person shows more than a control-like one."""
    tops: dict[str, list[float]] = {PD: [], CONTROL: []}
    onsets: dict[str, list[float]] = {PD: [], CONTROL: []}
    uneven: dict[str, list[float]] = {PD: [], CONTROL: []}
    n_blinks: dict[str, list[int]] = {PD: [], CONTROL: []}
    for seed in range(12):
        for person in demo_people.cast(seed):
            script = demo_people.script(person, "happiness", seed)
            (action,) = script.actions
            left, right = action.activations["AU12_L"], action.activations["AU12_R"]
            tops[person.group].append((left + right) / 2)
            onsets[person.group].append(action.onset_s)
            uneven[person.group].append(abs(left - right) / (left + right))
            n_blinks[person.group].append(len(script.blinks_s))
    assert 0.55 < np.median(tops[PD]) / np.median(tops[CONTROL]) < 0.72
    more = np.mean(np.array(tops[PD])[:, None] > np.array(tops[CONTROL]))
    assert 0.1 < more < 0.3
    assert 1.2 < np.median(onsets[PD]) / np.median(onsets[CONTROL]) < 1.5
    assert np.mean(uneven[PD]) > 1.4 * np.mean(uneven[CONTROL])
    assert np.mean(n_blinks[PD]) < 0.8 * np.mean(n_blinks[CONTROL])


def test_truth_in_the_kept_clips_is_that_of_their_scripts(model: FaceModel) -> None:
    import json

    truths = json.loads((ASSETS / "clips" / "truth.json").read_text())
    person = shown_people()[0]
    looks = people.draw(model, 0, "demo", person.code, noise=0.0)
    made = film(model, looks, demo_people.script(person, "fear"))
    told = truths[f"{person.code}_fear.webm"]
    assert told["peak_frame"] == made.peak[0]
    assert told["onset_frame"] == made.onset[0]
    assert told["blink_frames"] == made.blinks.tolist()
    assert max(told["intensity"]["AU05"]) == round(float(made.intensity[:, 3].max()), 2)


def test_clips_and_rows_come_out_as_they_are_kept(shared_data: Path, tmp_path: Path) -> None:
    """One shown person and one other: clips to the byte; rows to the last digit but for a processor's own rounding."""
    shown = shown_people()[0]
    other = next(person for person in demo_people.cast() if person not in shown_people())
    files = make(shared_data / "ict_facekit" / "ict_facekit.npz", (shown, other), tmp_path)
    clips = {name: content for name, content in files.items() if name.endswith(".webm")}
    assert len(clips) == len(EMOTIONS)
    assert all((ASSETS / name).read_bytes() == content for name, content in clips.items())
    made = pd.read_csv(io.BytesIO(files["cohort.csv"])).set_index(["subject", "emotion"])
    kept = pd.read_csv(ASSETS / "cohort.csv").set_index(["subject", "emotion"]).loc[made.index]
    assert list(made.columns) == list(kept.columns)
    assert made[["group", "backend", "simulated"]].equals(kept[["group", "backend", "simulated"]])
    numbers = made.columns[3:]
    difference = np.abs(made[numbers].to_numpy(float) - kept[numbers].to_numpy(float))
    assert (np.isnan(made[numbers]) == np.isnan(kept[numbers])).all(axis=None)
    assert np.nanmax(difference) <= 0.05
    assert np.nanmean(difference > 0.001) <= 0.02
