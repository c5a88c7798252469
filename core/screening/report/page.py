"""One HTML file that needs nothing from outside: its frame, paragraphs and tables; everything in it is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b2a2f;"
    "background:#fff}h1{font-size:1.6rem}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}"
    "h3{font-size:1rem;margin:1rem 0 .2rem}p{margin:.4rem 0}.wide{overflow-x:auto;font-size:.75rem}"
    "table{border-collapse:collapse;margin:.5rem 0;width:100%}th,td{border:1px solid #d5dee0;padding:.2rem .5rem;"
    "text-align:left;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}img{width:100%;height:auto}"
    ".notice{border-left:3px solid #1a8c94;padding-left:.75rem;font-weight:600}.mark{background:#fbe9dd;color:#7a3600;"
    "padding:.1rem .5rem;border-radius:.3rem}@media print{body{margin:0;font-size:12px}h2{break-after:avoid}"
    "table,img{break-inside:avoid}}"
)


def document(title: str, mark: str, body: str) -> str:
    """A whole page. title: text. mark: a word beside it or empty. body: HTML."""
    marked = f' <span class="mark">{escape(mark)}</span>' if mark else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}{marked}</h1>{body}</body></html>\n"
    )


def paragraphs(parts: Iterable[tuple[str, str]]) -> str:
    """Texts, each with what it is: `h2`, `h3`, `p` or `notice`; empty ones are left out."""
    return "".join(
        f'<p class="notice">{escape(text)}</p>' if kind == "notice" else f"<{kind}>{escape(text)}</{kind}>"
        for kind, text in parts
        if text
    )


def table(rows: Sequence[Sequence[str]], wide: bool = False) -> str:
    """A table, its first row the head. wide: in small letters, to be scrolled where it does not fit."""
    head, *others = rows
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in others)
    drawn = f"<table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<div class="wide" tabindex="0">{drawn}</div>' if wide else drawn
