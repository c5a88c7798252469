"""Small models of the simulated cohort, and what may be done to their files."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from core.screening.bundle import Bundle, to_file
from core.screening.training import train
from core.settings import ScreeningSettings
from core.types import ACTION_UNITS
from core.workspace.demo import demo_table

QUICK = ScreeningSettings(n_folds=3)


@cache
def kept(classifier: str = "logistic regression", features: str = "Table II", method: str = "none") -> Bundle:
    """A model of two emotions of the simulated cohort."""
    table = demo_table()
    settings = replace(QUICK, classifier=classifier, features=features, method=method)
    return train(table[table["emotion"].isin(("anger", "fear"))], settings)


def stranger(subject: str = "NEW") -> pd.DataFrame:
    """Somebody whom no model of the simulated cohort knows."""
    table = demo_table()
    person = table[table["subject"] == "SIM01"].assign(subject=subject)
    person[list(ACTION_UNITS)] = (person[list(ACTION_UNITS)] * 0.9 + 0.2).round(2)
    return person


def rewritten(content: bytes, change: Callable[[dict[str, Any], dict[str, bytes]], object]) -> bytes:
    """A skops file whose schema and arrays were changed in place."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(parts.pop("schema.json"))
    change(schema, parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, part in {**parts, "schema.json": json.dumps(schema).encode()}.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def exported(bundle: Bundle, **changes: Any) -> bytes:
    """A model in one file with other things in its card, by name of the part."""
    whole = json.loads(to_file(bundle))
    whole["card"].update(changes)
    return json.dumps(whole).encode()


def smuggled(bundle: Bundle, emotion: str, content: bytes) -> bytes:
    """A model in one file whose card vouches for another file of an emotion."""
    whole = json.loads(to_file(bundle))
    told = {"name": f"{emotion}.skops", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    whole["card"]["emotions"][emotion]["file"] = told
    whole["files"][f"{emotion}.skops"] = base64.b64encode(content).decode()
    return json.dumps(whole).encode()
