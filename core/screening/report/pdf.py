"""The report as a PDF of A4 pages."""

from __future__ import annotations

import io
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.screening.report.content import Section, sections
from core.screening.report.figures import HEIGHTS_IN, WIDTH_IN, drawn
from core.settings import NOTICE

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle

_FONT, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_INK, _LINE, _HEAD = "#1b2a2f", "#d5dee0", "#eef4f4"


def pdf(result: Mapping[str, Any]) -> bytes:
    """Of `Screening.to_json()`; the same input gives the same bytes. Every page carries the notice."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer

    styles = _styles()
    mark = " (SIMULATED)" if result["cohort"]["simulated"] else ""
    story: list[Any] = [Paragraph(escape(f"Screening of {result['person']}{mark}"), styles["title"])]
    for section in sections(result):
        story += [KeepTogether(_section(section, result, styles)), Spacer(1, 3 * mm)]
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=18 * mm,
        title=f"Screening of {result['person']}", author="Hypomimia Lab", invariant=1,
    )  # fmt: skip
    document.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return buffer.getvalue()


def _styles() -> dict[str, ParagraphStyle]:
    import matplotlib
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"  # the built-in ones lack the signs of the field
    for name in (_FONT, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))
    body = ParagraphStyle("body", fontName=_FONT, fontSize=9, leading=12.5, textColor=_INK, spaceAfter=3)
    return {
        "body": body,
        "title": ParagraphStyle("title", body, fontName=_BOLD, fontSize=15, leading=20, spaceAfter=6),
        "heading": ParagraphStyle("heading", body, fontName=_BOLD, fontSize=11, leading=15, spaceBefore=4),
        "notice": ParagraphStyle("notice", body, fontName=_BOLD),
        "cell": ParagraphStyle("cell", body, fontSize=7.5, leading=9.5, spaceAfter=0),
    }


def _section(section: Section, result: Mapping[str, Any], styles: Mapping[str, ParagraphStyle]) -> list[Any]:
    from reportlab.lib.units import inch
    from reportlab.platypus import Image, Paragraph

    parts: list[Any] = [Paragraph(escape(section.heading), styles["heading"])]
    for sentence in section.sentences:
        parts.append(Paragraph(escape(sentence), styles["notice" if sentence == NOTICE else "body"]))
    if section.figure:
        picture = io.BytesIO(drawn(section.figure, result, "png"))
        parts.append(Image(picture, WIDTH_IN * inch, HEIGHTS_IN[section.figure] * inch))
    if section.rows:
        parts.append(_table(section.rows, styles["cell"]))
    return parts


def _table(rows: tuple[tuple[str, ...], ...], style: ParagraphStyle) -> Any:
    from reportlab.platypus import Paragraph, Table

    cells = [[Paragraph(escape(cell), style) for cell in row] for row in rows]
    looks = [("GRID", (0, 0), (-1, -1), 0.4, _LINE), ("BACKGROUND", (0, 0), (-1, 0), _HEAD),
             ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("TOPPADDING", (0, 0), (-1, -1), 2),
             ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]  # fmt: skip
    return Table(cells, hAlign="LEFT", repeatRows=1, style=looks)


def _foot(canvas: Any, document: Any) -> None:
    from reportlab.lib.units import mm

    canvas.setFont(_FONT, 7)
    canvas.drawString(18 * mm, 10 * mm, NOTICE)
    canvas.drawRightString(192 * mm, 10 * mm, str(document.page))
