"""The report as one HTML file that needs nothing from outside."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from core.screening.report.content import Section, sections
from core.screening.report.figures import drawn

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b2a2f;"
    "background:#fff}h1{font-size:1.6rem}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}p{margin:.4rem 0}"
    "table{border-collapse:collapse;margin:.5rem 0;width:100%}th,td{border:1px solid #d5dee0;padding:.2rem .5rem;"
    "text-align:left;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}img{width:100%;height:auto}"
    ".notice{border-left:3px solid #1a8c94;padding-left:.75rem;font-weight:600}.mark{background:#fbe9dd;color:#7a3600;"
    "padding:.1rem .5rem;border-radius:.3rem}@media print{body{margin:0;font-size:12px}h2{break-after:avoid}"
    "table,img{break-inside:avoid}}"
)


def html(result: Mapping[str, Any]) -> str:
    """Of `Screening.to_json()`; the same input gives the same bytes."""
    title = f"Screening of {escape(str(result['person']))}"
    mark = ' <span class="mark">SIMULATED</span>' if result["cohort"]["simulated"] else ""
    body = [f"<h1>{title}{mark}</h1>", *(_section(section, result) for section in sections(result))]
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body>{''.join(body)}</body></html>\n"
    )


def _section(section: Section, result: Mapping[str, Any]) -> str:
    parts = [f"<h2>{escape(section.heading)}</h2>"]
    for number, sentence in enumerate(section.sentences):
        kind = ' class="notice"' if section.heading == "Verdict" and number == 0 else ""
        parts.append(f"<p{kind}>{escape(sentence)}</p>")
    if section.figure:
        picture = base64.b64encode(drawn(section.figure, result, "svg")).decode()
        parts.append(f'<img alt="Figure: {escape(section.heading)}" src="data:image/svg+xml;base64,{picture}">')
    if section.rows:
        parts.append(_table(section.rows))
    return "".join(parts)


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *others = rows
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in others)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"
