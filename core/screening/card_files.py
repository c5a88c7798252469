"""The card of a kept model as a file to take away: Markdown, a page that needs nothing from outside, or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from core.screening.model_card import Section, sections
from core.screening.tripod import OF_THE_STUDY, Item, items
from core.settings import NOTICE

OPEN = "to be stated by whoever reports the study"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b2a2f}"
    "table{border-collapse:collapse;margin:.5rem 0}th,td{border:1px solid #d5dee0;padding:.2rem .6rem;text-align:left;"
    "font-variant-numeric:tabular-nums}.notice{border-left:3px solid #1a8c94;padding-left:.75rem}"
)


def as_json(card: Mapping[str, Any], name: str, identity: str) -> str:
    """The card, with the notice and its hash; the hashes of people are left out."""
    people = {key: value for key, value in card["people"].items() if not key.endswith("marks")}
    told = {"notice": NOTICE, "name": name, "sha256": identity, **card, "people": people}
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False)


def as_markdown(card: Mapping[str, Any], name: str, identity: str) -> str:
    """The model card and the items of TRIPOD+AI."""
    parts = [f"# {_plain(name)}", f"**{_title(card)}** {NOTICE}"]
    for section in sections(card, identity):
        parts += [f"## {section.heading}", "\n".join(f"- {_plain(sentence)}" for sentence in section.sentences)]
        if section.rows:
            parts.append(_markdown_table(section.rows))
    parts += ["## TRIPOD+AI", _markdown_table(_item_rows(items(card, identity)))]
    return "\n\n".join(parts) + "\n"


def as_html(card: Mapping[str, Any], name: str, identity: str) -> str:
    """The same as one page."""
    body = [f"<h1>{escape(name)}</h1>", f'<p class="notice"><b>{_title(card)}</b> {escape(NOTICE)}</p>']
    for section in sections(card, identity):
        body.append(_html_section(section))
    body += ["<h2>TRIPOD+AI</h2>", _html_table(_item_rows(items(card, identity)))]
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(name)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>"
    )


def _title(card: Mapping[str, Any]) -> str:
    return "Model card of a model trained on simulated people." if card["simulated"] else "Model card."


def _item_rows(found: Sequence[Item]) -> list[tuple[str, ...]]:
    rows = [(item.number, item.topic, OPEN if item.answer == OF_THE_STUDY else item.answer) for item in found]
    return [("item", "topic", "answer"), *rows]


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", text)


def _markdown_table(rows: Sequence[Sequence[str]]) -> str:
    head, *others = [f"| {' | '.join(map(_plain, row))} |" for row in rows]
    return "\n".join([head, f"|{'---|' * len(rows[0])}", *others])


def _html_section(section: Section) -> str:
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in section.sentences)
    return f"<h2>{section.heading}</h2><ul>{sentences}</ul>{_html_table(section.rows) if section.rows else ''}"


def _html_table(rows: Sequence[Sequence[str]]) -> str:
    head, *others = rows
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in others)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"
