"""Kept models on a page: their scores side by side, one model's card, and files to take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.screening.model_card import emotions_of, headline, interval, kind_words, people_words, sections
from core.screening.tripod import OF_THE_STUDY, items
from core.workspace import bundles
from pages.parts import shell
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.bundles import KeptModel
    from core.workspace.store import Workspace


def comparison(kept: Sequence[KeptModel]) -> pd.DataFrame:
    """One row a model, the newest first: whom it was trained on, and what it is worth, with intervals."""
    import pandas as pd

    return pd.DataFrame(
        {
            "model": model.name,
            "right on people never seen": interval(model.card["vote_accuracy"]["decided"]),
            "undecided": _undecided(model.card),
            **{
                emotion: interval(model.card["emotions"].get(emotion, {}).get("out_of_fold"))
                for emotion in emotions_of(model.card)
            },
            "people": people_words(model.card),
            "how": kind_words(model.card),
            "backend": ", ".join(model.card["backends"]),
            "kept": f"{datetime.fromtimestamp(model.added):%Y-%m-%d %H:%M}, {model.source}",
        }
        for model in kept
    )


def _undecided(card: dict[str, Any]) -> str:
    vote = card["vote_accuracy"]
    return "–" if vote["n_undecided"] is None else f"{vote['n_undecided']} of {vote['n_people']}"


def show_card(model: KeptModel) -> None:
    """The model under the headings of a model card, and what it answers of TRIPOD+AI."""
    st.markdown(f"**{shell.plain(headline(model.card))}**")
    for section in sections(model.card, model.id):
        with st.expander(section.heading, expanded=section.heading in ("Intended use", "Quantitative analyses")):
            st.markdown("\n".join(f"- {shell.plain(sentence)}" for sentence in section.sentences))
            if section.rows:
                st.dataframe(_table(section.rows), hide_index=True, height="content")
    with st.expander("TRIPOD+AI"):
        rows = [(item.number, item.topic, _answer(item.answer)) for item in items(model.card, model.id)]
        answer = st.column_config.TextColumn(width="large")
        st.dataframe(_table([("item", "topic", "answer"), *rows]), hide_index=True, height=420,
                     column_config={"answer": answer})  # fmt: skip


def _answer(answer: str) -> str:
    return "to be stated by whoever reports the study" if answer == OF_THE_STUDY else answer


def _table(rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows[1:], columns=list(rows[0]))


def exports(ws: Workspace, model: KeptModel) -> list[Download]:
    """The model as one file, and its card as HTML, Markdown and JSON."""
    from core.screening import card_files
    from core.screening.bundle import ENDING, to_file

    about = (model.card, model.name, model.id)
    return [
        Download("Model, one file", f"model_{model.id[:8]}{ENDING}", "application/json",
                 lambda: to_file(bundles.open_kept(ws, model.id))),
        Download("Card as HTML", "model_card.html", "text/html", lambda: card_files.as_html(*about)),
        Download("Card as Markdown", "model_card.md", "text/markdown", lambda: card_files.as_markdown(*about)),
        Download("Card as JSON", "model_card.json", "application/json", lambda: card_files.as_json(*about)),
    ]  # fmt: skip
