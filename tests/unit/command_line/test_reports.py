"""`screen --report`: what is written where, read back, and what is refused before any work."""

from __future__ import annotations

import base64
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from core.__main__ import main
from core.commands.reports import safe_name
from core.settings import NOTICE
from core.workspace import bundles
from tests.unit.command_line.running import process
from tests.unit.screening.kept import kept, stranger


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a kept model, a person whom it does not know, and two of them."""
    monkeypatch.chdir(tmp_path)
    bundles.save(kept(), tmp_path / "model")
    stranger("NEW").to_csv("one.csv", index=False)
    other = stranger("../A b")
    other["AU04"] += 0.11
    pd.concat([stranger("NEW"), other]).to_csv("two.csv", index=False)
    return tmp_path


def screened(table: str, report: str, *more: str) -> int:
    return main(["screen", table, "--model", "model", "--out", "out.json", "--report", report, *more])


def pdf_texts(content: bytes) -> list[str]:
    """What is written on each page. Every object must lie where the table of contents of the file says."""
    start = int(re.findall(rb"startxref\s+(\d+)\s+%%EOF\s*$", content)[0])
    assert content[start:].startswith(b"xref")
    places = [int(place) for place in re.findall(rb"^(\d{10}) \d{5} n", content[start:], re.M)]
    assert all(re.match(rb"\d+ 0 obj", content[place : place + 12]) for place in places)
    pages = []
    for coded in re.findall(rb"/ASCII85Decode /FlateDecode \].*?stream\r?\n(.*?)endstream", content, re.S):
        page = zlib.decompress(base64.a85decode(b"<~" + coded.strip(), adobe=True))
        if b" Tj" in page:
            pages.append(" ".join(re.findall(r"\((.*?)(?<!\\)\) Tj", page.decode("latin-1"), re.S)))
    assert len(pages) == len(re.findall(rb"/Type /Page\b(?!s)", content))
    return pages


class Outside(HTMLParser):
    """Everything that a browser would fetch for a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base")
        fetching = ("src", "href", "srcset", "xlink:href", "data", "poster", "background")
        self.fetched += [value or "" for name, value in attrs if name in fetching]


def test_a_pdf_of_one_person_beside_the_result(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert screened("one.csv", "deep/report.PDF") == 0
    (result,) = json.loads(Path("out.json").read_text())["people"]
    pages = pdf_texts(Path("deep/report.PDF").read_bytes())
    assert all(NOTICE in page for page in pages)
    assert "Screening of NEW \\(SIMULATED\\)" in pages[0]
    assert f"Verdict on NEW: {result['verdict']['decision']}." in pages[0]
    assert kept().identity in "".join(pages).replace(" ", "")
    assert f"Report written: {Path('deep/report.PDF')}" in capsys.readouterr().err
    assert sorted(path.name for path in Path("deep").iterdir()) == ["report.PDF"]  # no part of a file is left


def test_an_html_needs_nothing_from_outside(here: Path) -> None:
    Path("report.html").write_text("old")
    assert screened("one.csv", "report.html") == 0
    written = Path("report.html").read_text(encoding="utf-8")
    assert "Screening of NEW" in written
    assert NOTICE in written
    fetched = Outside(written).fetched
    assert fetched
    for place in fetched:
        kind, _, coded = place.partition(",")
        assert kind == "data:image/svg+xml;base64"
        drawing = base64.b64decode(coded).decode()
        assert all(inside.startswith("#") for inside in Outside(drawing).fetched)
        assert not re.search(r"url\((?!#)|@import", drawing)
    assert not re.search(r"url\(|@import|https?://", written)


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_gets_a_report_a_person(here: Path, there: bool) -> None:
    if there:
        Path("reports").mkdir()
    assert screened("two.csv", "reports" if there else "reports/") == 0
    people = [result["person"] for result in json.loads(Path("out.json").read_text())["people"]]
    assert people == ["../A b", "NEW"]
    files = sorted(Path("reports").iterdir())
    assert [file.name for file in files] == [f"{safe_name('../A b')}.pdf", "NEW.pdf"]
    for file, person in zip(files, people, strict=True):
        assert f"Screening of {person} " in pdf_texts(file.read_bytes())[0]
    assert not list(here.parent.glob("*.pdf"))


def test_one_person_in_a_folder_is_named_by_the_code(here: Path) -> None:
    assert screened("one.csv", "reports/") == 0
    assert [path.name for path in Path("reports").iterdir()] == ["NEW.pdf"]


@pytest.mark.parametrize("code", ["P01", "Müller-2", "a.b_c"])
def test_a_safe_code_is_its_own_name(code: str) -> None:
    assert safe_name(code) == code


@pytest.mark.parametrize(
    "code", ["../../etc/passwd", "C:\\x", "a/b", "a b", "CON", "nul.x", ".hidden", "P1.", "\u202e", "x\0y", "é" * 300]
)
def test_no_code_leads_out_of_the_folder_or_onto_another_persons_file(code: str) -> None:
    name = safe_name(code)
    assert re.fullmatch(r"\w[\w.-]*-[0-9a-f]{8}", name)
    assert len(f"{name}.pdf".encode()) <= 255
    assert name != safe_name(f"{code} ")


@pytest.mark.parametrize(
    ("table", "report", "says"),
    [
        ("one.csv", "report.doc", "report.doc is neither a folder nor a report. Reports are written as .html or .pdf."),
        ("one.csv", "report", "report is neither a folder nor a report."),
        ("one.csv", "one.csv/report.pdf", "one.csv is no folder. The result has no place there. Change --report."),
        ("one.csv", "one.csv/", "one.csv is no folder."),
        ("two.csv", "report.pdf", "report.pdf is one report, and 2 people were given."),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_work(here: Path, table: str, report: str, says: str) -> None:
    before = sorted(here.rglob("*"))
    # A model that is not there is told only after the report: nothing else was looked at before.
    model = "model" if table == "two.csv" else "nothing"
    ran = process("screen", table, "--model", model, "--out", "out.json", "--report", report, cwd=here)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1
    assert says in ran.stderr
    assert sorted(here.rglob("*")) == before


def test_report_and_result_are_two_files(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert screened("one.csv", "same.html", "--out", "same.html") == 2
    assert "named twice" in capsys.readouterr().err
    assert not Path("same.html").exists()


def test_several_people_and_one_file_are_refused_before_any_training(
    here: Path, few: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    few.to_csv("few.csv", index=False)
    arguments = ["screen", "two.csv", "--cohort", "few.csv", "--out", "out.json", "--report", "report.html"]
    assert main(arguments) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "2 people were given" in said[0]


def test_clips_of_several_people_are_refused_before_any_is_measured(
    here: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = [here / f"{person}_anger.mp4" for person in ("P1", "P2")]
    for clip in clips:
        clip.write_bytes((shared_data / "clips" / "single_face.mp4").read_bytes())
    arguments = ["screen", *map(str, clips), "--model", "model", "--out", "out.json", "--report", "report.html"]
    assert main(arguments) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "2 people were given" in said[0]
