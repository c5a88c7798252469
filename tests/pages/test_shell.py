"""What every page has in common, on every way in."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.workspace import cohorts
from core.workspace.store import DATABASE
from pages.parts import glossary, job_panel, shell, space_controls

ROOT = Path(__file__).resolve().parents[2]
EVERY_PAGE = [page for group in shell.PAGES.values() for page, _, _ in group]
TITLES = {page: title for group in shell.PAGES.values() for page, title, _ in group}


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_page_meets_the_guard_without_a_cohort(page, open_page):
    app = open_page(page)
    assert shell.NOTICE in words(app)
    assert [title.value for title in app.title] == [TITLES[page]]
    assert not app.error


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_page_names_the_simulated_cohort_in_use(page, open_page, demo):
    app = open_page(page)
    assert shell.NOTICE in words(app)
    assert f"{demo.name} · {demo.n_people} people" in words(app)
    assert "SIMULATED" in words(app)
    assert not app.error


def test_every_file_of_a_page_has_its_place_in_the_navigation():
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == set(EVERY_PAGE)


def test_the_cohort_is_chosen_in_the_sidebar_and_kept(ws, open_page, demo):
    other = cohorts.create(ws, "Second", cohorts.read_table(ws, demo.table_hash).head(10))
    app = open_page("home")
    assert app.sidebar.selectbox[0].value == demo.id
    app.sidebar.selectbox[0].set_value(other.id).run()
    assert cohorts.in_use(ws) == other
    assert "Second · " in words(app)


def test_a_newer_database_is_told_and_nothing_else_is_shown(ws, open_page):
    with closing(sqlite3.connect(ws.home / DATABASE)) as database:
        database.execute("PRAGMA user_version = 999")
    app = open_page("clips")
    assert len(app.error) == 1
    assert "newer version" in app.error[0].value
    assert not app.file_uploader


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told(tmp_path, monkeypatch):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    monkeypatch.setenv("LAB_HOME", str(folder))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert len(app.error) == 1


def test_trouble_of_the_workspace_is_told_until_it_was_understood(ws, open_page):
    ws.remember("notice", ("It was damaged.", "Set aside.", "Restore it."))
    app = open_page("home")
    assert "It was damaged" in app.error[0].value
    next(button for button in app.button if button.label == "Understood").click().run()
    assert not app.error
    assert ws.notice() is None


def test_markdown_in_what_a_user_named_is_shown_as_it_is():
    def page():
        from core.errors import UserError
        from pages.parts import shell

        shell.show_error(UserError("a*b*_c_[x](y).mp4 is empty.", "No bytes.", "Export it."))

    app = AppTest.from_function(page).run()
    assert r"a\*b\*\_c\_\[x\]\(y\).mp4 is empty." in app.error[0].value


@pytest.mark.parametrize("deep_link", [True, False])
def test_a_bug_in_a_page_shows_a_number_and_no_traceback(ws, monkeypatch, caplog, deep_link):
    def broken(_):
        raise RuntimeError("secret path /home/someone")

    monkeypatch.setattr(cohorts, "in_use", broken)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if deep_link:
        app.switch_page("pages/au_table.py")
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert "secret" not in app.error[0].value
    number = app.error[0].value.split("under ")[1].split(".")[0]
    assert number in caplog.text


@pytest.mark.parametrize("deep_link", [True, False])
def test_a_bug_in_a_fragment_is_told_once(demo, monkeypatch, caplog, deep_link):
    def broken(*_):
        raise RuntimeError("secret path /home/someone")

    monkeypatch.setattr(space_controls, "choose_tree", broken)  # called in a fragment
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if not deep_link:
        app.run()
    app.switch_page("pages/latent_space.py").run()
    assert not app.exception
    assert len(app.error) == 1
    assert "secret" not in app.error[0].value
    assert app.error[0].value.split("under ")[1].split(".")[0] in caplog.text
    assert [title.value for title in app.title] == ["Latent space"]


@pytest.mark.parametrize("name", glossary.TERMS)
def test_a_term_is_explained_in_one_sentence(name):
    sentence = glossary.TERMS[name].sentence
    assert sentence.endswith(".")
    assert ". " not in sentence


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.4, "0 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (3900, "1 h 5 min")],
)
def test_durations_read_as_one_says_them(seconds, text):
    assert job_panel.duration(seconds) == text


def test_nothing_heavy_is_imported_for_the_first_page(tmp_path):
    heavy = ("sklearn", "umap", "mediapipe", "torch", "scipy", "cv2", "imblearn")
    code = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=30).run()\n"
        "assert [t.value for t in app.title] == ['Home'], app\n"
        f"print([name for name in {heavy} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"LAB_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
