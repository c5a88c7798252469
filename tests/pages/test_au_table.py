"""AU table: what the cohort holds, what comes in, what is refused, and how it is taken back."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from core.types import ACTION_UNITS
from core.workspace import cohorts


def table(people: int = 3, **changes: object) -> pd.DataFrame:
    rows = pd.DataFrame(
        {"subject": [f"N{i}" for i in range(people)], "emotion": "fear", "group": ["PD", "control", ""]}
    )
    for i, au in enumerate(ACTION_UNITS):
        rows[au] = [(i + 3 * j) % 5 / 2 for j in range(people)]
    return rows.assign(**changes)


def upload(app, frame: pd.DataFrame, name: str = "mine.csv"):
    app.file_uploader[0].set_value((name, frame.to_csv(index=False).encode(), "text/csv")).run()
    assert not app.exception
    return app


def press(app, label: str):
    next(b for b in app.button if b.label == label).click().run()
    assert not app.exception
    return app


def test_without_a_cohort_it_leads_home_and_takes_a_table(ws, open_page):
    app = open_page("au_table")
    assert [s.value for s in app.header] == ["No cohort yet"]
    assert len(app.get("page_link")) > 1
    upload(app, table())
    assert next(b for b in app.button if b.label == "Import").disabled
    app.text_input[0].set_value("Ward 7").run()
    press(app, "Import")
    cohort = cohorts.in_use(ws)
    assert (cohort.name, cohort.n_people, cohort.n_rows, cohort.simulated) == ("Ward 7", 3, 3, False)
    assert any("3 rows imported" in s.value for s in app.success)


def test_the_demo_is_counted_filtered_and_called_simulated(demo, open_page):
    app = open_page("au_table")
    rows, counts = sorted((d.value for d in app.dataframe), key=len, reverse=True)[:2]
    assert len(rows) == demo.n_rows
    assert counts["PD"].sum() + counts["control"].sum() == demo.n_rows
    assert any("SIMULATED" in m.value for m in app.markdown)
    app.button_group(key="table_emotions").set_value(["fear"]).run()
    shown = max((d.value for d in app.dataframe), key=len)
    assert set(shown["emotion"]) == {"fear"}
    assert any("rows" in b.label and str(len(shown)) in b.label for b in app.get("download_button"))


def test_rows_join_the_cohort_in_use_and_undo_takes_them_back(ws, demo, open_page):
    app = open_page("au_table")
    assert next(b for b in app.button if b.label == "Undo the last change").disabled
    upload(app, table())
    app.radio[0].set_value(f"into {demo.name}").run()
    press(app, "Import")
    assert cohorts.in_use(ws).n_rows == demo.n_rows + 3
    press(app, "Undo the last change")
    assert cohorts.in_use(ws).table_hash == demo.table_hash


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (table().drop(columns="AU12"), "AU12"),
        (table(AU06=[1.0, float("nan"), 2.0]), "line 3"),
        (table(AU06=[1.0, 7.0, 2.0]), "line 3"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_message(ws, open_page, frame, told):
    app = upload(open_page("au_table"), frame)
    app.text_input[0].set_value("Ward 7").run()
    press(app, "Import")
    assert len(app.error) == 1
    assert told in app.error[0].value
    assert cohorts.list_cohorts(ws) == []


def test_a_cohort_removed_in_another_tab_is_not_written_to(ws, demo, open_page):
    app = upload(open_page("au_table"), table())
    app.radio[0].set_value(f"into {demo.name}").run()
    cohorts.remove(ws, demo)
    app.run()
    assert not app.exception
    assert [s.value for s in app.header] == ["No cohort yet"]


def test_groups_stand_side_by_side_and_a_missing_emotion_is_told(ws, open_page):
    cohort = cohorts.create(ws, "Fear only", table(backend="openface", simulated=False))
    cohorts.use(ws, cohort.id)
    app = open_page("au_table")
    assert any("no rows of anger" in i.value for i in app.info)
    app.selectbox(key="emotion").set_value("fear").run()
    assert not any("no rows" in i.value for i in app.info)
    assert len(app.get("plotly_chart")) == 1


def test_the_exported_table_can_be_imported_again(demo, ws):
    from pages.parts import tables

    frame = cohorts.read_table(ws, demo.table_hash)
    csv, parquet = tables.exports(frame, "au_table")
    assert pd.read_csv(io.StringIO(csv.data()), keep_default_na=False)["subject"].tolist() == frame["subject"].tolist()
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(parquet.data())), frame)
