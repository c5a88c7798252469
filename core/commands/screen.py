"""`screen`: people screened by majority vote, with a report of each where one is asked for."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.clip_arguments import clip_paths, labelled
from core.commands.reports import ReportPlace
from core.commands.table_arguments import TABLE_ENDINGS, read_aloud
from core.errors import UserError
from core.settings import NOTICE, ScreeningSettings
from core.terminal import Terminal, check_file, say

if TYPE_CHECKING:
    import pandas as pd


def screen(arguments: argparse.Namespace) -> None:
    """Screen each person of a table, or the people in some clips, against a cohort or by a kept model."""
    from core.files import atomic_write

    check_file(arguments.out)
    reports = ReportPlace.named(arguments.report, arguments.out) if arguments.report is not None else None
    verdicts = by_model(arguments, reports) if arguments.model else by_cohort(arguments, reports)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(arguments.out, json.dumps({"notice": NOTICE, "people": verdicts}, indent=2, allow_nan=False).encode())
    if reports:
        for file in reports.write(verdicts):
            say(f"Report written: {file}")


def by_cohort(arguments: argparse.Namespace, reports: ReportPlace | None) -> list[dict[str, Any]]:
    """The screenings by models that are trained on the cohort without the person."""
    from core.screening.screening import check_cohort, screen_people

    cohort = read_aloud(arguments.cohort)
    settings = ScreeningSettings(
        arguments.classifier, arguments.method, arguments.features, random_state=arguments.seed
    )
    check_cohort(cohort, settings)
    with Terminal() as terminal:
        backend = arguments.backend or backend_of(set(cohort["backend"]))
        people = people_in(arguments.subject, backend, terminal, reports)
        return [found.to_json() for found in screen_people(people, cohort, settings, terminal)]


def by_model(arguments: argparse.Namespace, reports: ReportPlace | None) -> list[dict[str, Any]]:
    """The screenings by a kept model."""
    from core.screening.kept_model import screen_by
    from core.workspace.bundles import open_any

    model = open_any(arguments.model)
    with Terminal() as terminal:
        backend = arguments.backend or backend_of(set(model.card["backends"]))
        people = people_in(arguments.subject, backend, terminal, reports)
    return [found.to_json() for found in screen_by(model, people)]


def backend_of(measured_by: set[str]) -> str:
    """The mesh that measured a cohort, so that a person is measured alike; the default where it was not one of ours."""
    from core.faces import backends

    known = [name for name in backends.BACKENDS if measured_by == {name}]
    return known[0] if known else backends.FACE_MESH


def people_in(arguments: Sequence[Path], backend: str, terminal: Terminal, reports: ReportPlace | None) -> pd.DataFrame:
    """The AU table rows of the people in some tables, or in some clips that can be used.

    Raises `UserError` where they are more than the reports have a place for, before any clip is measured.
    """
    import pandas as pd

    from core.faces.people import measure_people

    if all(path.suffix.lower() in TABLE_ENDINGS for path in arguments):
        people = pd.concat([read_aloud(path) for path in arguments], ignore_index=True)
        if reports:
            reports.check_people(people["subject"])
        return people
    clips = labelled(list(clip_paths(arguments)))
    if reports:
        reports.check_people(subject for _, subject, _ in clips)
    rows = measure_people(clips, terminal, backend=backend)
    if not rows:
        raise UserError("None of the clips can be used.", "No expression was measured.", "Film again and try these.")
    return pd.DataFrame(rows)
