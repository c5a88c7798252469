"""The report as one HTML file that needs nothing from outside."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Any

from core.screening.report.content import Section, sections
from core.screening.report.figures import drawn
from core.screening.report.page import document, table


def html(result: Mapping[str, Any]) -> str:
    """Of `Screening.to_json()`; the same input gives the same bytes."""
    mark = "SIMULATED" if result["cohort"]["simulated"] else ""
    body = "".join(_section(section, result) for section in sections(result))
    return document(f"Screening of {result['person']}", mark, body)


def _section(section: Section, result: Mapping[str, Any]) -> str:
    parts = [f"<h2>{escape(section.heading)}</h2>"]
    for number, sentence in enumerate(section.sentences):
        kind = ' class="notice"' if section.heading == "Verdict" and number == 0 else ""
        parts.append(f"<p{kind}>{escape(sentence)}</p>")
    if section.figure:
        picture = base64.b64encode(drawn(section.figure, result, "svg")).decode()
        parts.append(f'<img alt="Figure: {escape(section.heading)}" src="data:image/svg+xml;base64,{picture}">')
    if section.rows:
        parts.append(table(section.rows))
    return "".join(parts)
