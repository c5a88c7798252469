"""How errors are told on a page: what a user can mend in three sentences, a bug under a number, never a traceback."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import UserError


@contextmanager
def told() -> Iterator[None]:
    """Tell what goes wrong inside; also a decorator for what runs again alone, which no page can catch for it."""
    try:
        yield
    except UserError as error:
        show_error(error)
    except Exception:
        code = secrets.token_hex(4)
        logging.getLogger(__name__).exception("page failed, error %s", code)
        show_error(
            UserError(
                "This page met an error of its own.",
                f"It is written to the log of the server under {code}.",
                "Reload the page; your data is untouched. If it comes again, report that number.",
            )
        )


def show_error(error: UserError) -> None:
    """What is wrong, why, and what to do about it."""
    st.error(f"**{plain(error.what)}** {plain(error.why)} {plain(error.remedy)}", icon=":material/error:")


def plain(text: str) -> str:
    """Text of a user (file name, code) so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-!|~$:])", r"\\\1", text)
