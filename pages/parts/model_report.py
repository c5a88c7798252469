"""Kept models on the page: the list, their scores side by side, and the card of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.screening import card_files
from core.screening.card import ENDING
from core.screening.card_words import headline, interval, kind_words, people_words
from core.screening.model_card import Section, sections
from core.screening.tripod import OF_THE_STUDY, items
from core.types import EMOTIONS
from core.workspace import bundles
from pages.parts import shell
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.bundles import KeptModel
    from core.workspace.store import Workspace

OF_NUMBERS = ("Training data", "Quantitative analyses")
"""Headings whose tables are of numbers, which are aligned to the right."""


def choose(kept: Sequence[KeptModel]) -> list[KeptModel]:
    """The list of models; those that are ticked, else the newest."""
    right = st.column_config.TextColumn(alignment="right")
    picked = st.dataframe(
        overview(kept), key=f"models-{kept[0].id[:8]}-{len(kept)}", on_select="rerun", selection_mode="multi-row",
        hide_index=True, height="content" if len(kept) <= 5 else 212,
        column_config={
            "name": st.column_config.TextColumn(pinned=True, width=165),
            "right on people never seen": right,
            "kept": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone=st.context.timezone),
        },
    )  # fmt: skip
    return [kept[i] for i in picked.selection.rows if i < len(kept)] or [kept[0]]


def overview(kept: Sequence[KeptModel]) -> pd.DataFrame:
    """One row a model."""
    import pandas as pd

    return pd.DataFrame(
        {
            "name": [model.name for model in kept],
            "right on people never seen": [_vote(model.card) for model in kept],
            "trained on": [f"{model.card['people']['n']}{' simulated' * model.card['simulated']}" for model in kept],
            "classifier": [model.card["settings"]["classifier"] for model in kept],
            "features": [model.card["settings"]["features"] for model in kept],
            "backend": [", ".join(model.card["backends"]) for model in kept],
            "kept": pd.to_datetime([model.added for model in kept], unit="s", utc=True),
            "source": [model.source for model in kept],
        }
    )


def comparison(models: Sequence[KeptModel]) -> pd.DataFrame:
    """One column a model, one row a score or a property."""
    import pandas as pd

    rows: dict[str, list[str]] = {
        "right on people never seen": [_vote(model.card) for model in models],
        "undecided": [_undecided(model.card) for model in models],
    }
    for emotion in EMOTIONS:
        rows[f"right in {emotion}"] = [
            interval(model.card["emotions"].get(emotion, {}).get("out_of_fold")) for model in models
        ]
    rows["trained on"] = [people_words(model.card) for model in models]
    rows["classifier"] = [model.card["settings"]["classifier"] for model in models]
    rows["features"] = [model.card["settings"]["features"] for model in models]
    rows["synthetic rows"] = [model.card["settings"]["method"] for model in models]
    rows["backend"] = [", ".join(model.card["backends"]) for model in models]
    rows["rows, SHA-256"] = [model.card["input_hash"][:12] for model in models]
    names = [f"{model.name} ({i})" for i, model in enumerate(models, 1)]
    columns = {name: [values[i] for values in rows.values()] for i, name in enumerate(names)}
    return pd.DataFrame({"": list(rows), **columns})


def show_comparison(models: Sequence[KeptModel]) -> None:
    """Scores side by side, and what they can say."""
    st.header(f"{len(models)} models side by side", anchor=False)
    st.table(comparison(models).set_index("").rename(columns=shell.plain), border="horizontal")
    alike = len({model.card["input_hash"] for model in models}) == 1
    same = "All were trained on the same rows. " if alike else "They were trained on different rows. "
    st.markdown(
        f"{same}Brackets are 95 % intervals; where they overlap, these numbers do not tell which model is better."
    )


def show_worth(model: KeptModel) -> None:
    """What the model in view is, and how often it is right, in three lines."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(shell.plain(model.name), anchor=False, width="content")
        if model.card["simulated"]:
            st.badge("SIMULATED", color="orange")
    st.markdown(f"**{headline(model.card)}** {shell.plain(kind_words(model.card))}.")


def show_card(model: KeptModel) -> None:
    """The model card and the items of TRIPOD+AI."""
    card, tripod = st.tabs(["Model card", "TRIPOD+AI"])
    with card, st.container(key="card-workbench"):
        found = sections(model.card, model.id)
        halves = st.columns([1, 1.3], gap="medium")
        for half, part in zip(halves, (found[:5], found[5:]), strict=True):
            with half:
                for section in part:
                    _show_section(section)
    with tripod:
        answers = items(model.card, model.id)
        n_open = sum(item.answer == OF_THE_STUDY for item in answers)
        st.markdown(
            f"What the model itself can say to the {len(answers)} items. {n_open} are {card_files.OPEN}. "
            "Collins et al., BMJ 2024;385:e078378."
        )
        rows = [(item.number, item.topic, item.answer or card_files.OPEN) for item in answers]
        _table("tripod", [("item", "topic", "answer"), *rows])


def exports(ws: Workspace, model: KeptModel) -> list[Download]:
    """The model as one file, and its card for people and for programs."""
    card, name = model.card, model.name
    stem = re.sub(r"[^\w.-]+", "_", name).strip("._") or "model"
    return [
        Download("Model, one file", f"{stem}{ENDING}", "application/octet-stream", lambda: _one_file(ws, model)),
        Download("Card as HTML", f"{stem}.html", "text/html", lambda: card_files.as_html(card, name, model.id)),
        Download("Card as Markdown", f"{stem}.md", "text/markdown",
                 lambda: card_files.as_markdown(card, name, model.id)),
        Download("Card as JSON", f"{stem}.json", "application/json",
                 lambda: card_files.as_json(card, name, model.id)),
    ]  # fmt: skip


def comparison_exports(models: Sequence[KeptModel]) -> list[Download]:
    """The comparison as CSV."""
    return [Download("Comparison as CSV", "models.csv", "text/csv", lambda: comparison(models).to_csv(index=False))]


def _one_file(ws: Workspace, model: KeptModel) -> bytes:
    from core.screening.bundle import to_file

    return to_file(bundles.open_kept(ws, model.id))


def _show_section(section: Section) -> None:
    st.subheader(section.heading, anchor=False)
    st.markdown("\n".join(f"- {shell.plain(sentence)}" for sentence in section.sentences))
    if section.rows:
        kind = "numbers" if section.heading in OF_NUMBERS else "words"
        _table(f"{kind}-{section.heading.split()[0].lower()}", section.rows)


def _table(key: str, rows: Sequence[Sequence[str]]) -> None:
    head, *others = rows
    columns = {name: [shell.plain(row[i]) for row in others] for i, name in enumerate(head)}
    with st.container(key=f"card-{key}"):
        st.table(columns, border="horizontal", width="stretch" if key == "tripod" else "content")


def _vote(card: dict[str, Any]) -> str:
    decided = card["vote_accuracy"]["decided"]
    return f"{interval(decided)}, n {decided['n']}" if decided and decided["n"] else "–"


def _undecided(card: dict[str, Any]) -> str:
    vote = card["vote_accuracy"]
    return "–" if vote["n_undecided"] is None else f"{vote['n_undecided']} of {vote['n_people']}"
