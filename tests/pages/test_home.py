"""Home: the ways in."""

from __future__ import annotations

from core.workspace import clips, cohorts


def figures(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_an_empty_workspace_shows_three_ways_in(open_page):
    app = open_page("home")
    assert figures(app)["Cohorts"] == "0"
    assert figures(app)["People in the cohort in use"] == "–"
    assert [b.label for b in app.main.button] == ["Open the demo cohort", "Bring in clips", "Import a table"]


def test_one_click_opens_the_demo_cohort_in_the_latent_space(ws, open_page):
    app = open_page("home")
    app.main.button[0].click().run()
    assert not app.exception
    cohort = cohorts.in_use(ws)
    assert cohort is not None
    assert cohort.simulated
    assert cohort.n_people == 59
    assert [title.value for title in app.title] == ["Latent space"]


def test_the_state_of_the_workspace_is_counted(open_page, demo):
    app = open_page("home")
    assert figures(app)["Cohorts"] == "1"
    assert figures(app)["People in the cohort in use"] == str(demo.n_people)


def test_the_demo_cohort_in_use_is_not_offered_again(open_page, demo):
    app = open_page("home")
    assert [b.label for b in app.main.button if b.proto.type == "primary"] == ["See it in the latent space"]
    app.main.button[0].click().run()
    assert [title.value for title in app.title] == ["Latent space"]


def test_four_of_its_people_can_be_brought_in_as_clips(ws, open_page, demo):
    app = open_page("home")
    app.main.button[1].click().run()
    assert not app.exception
    here = clips.list_clips(ws)
    assert len({clip.subject for clip in here}) == 4
    assert all(clip.simulated for clip in here)
    assert [title.value for title in app.title] == ["Clips"]
    labels = [b.label for b in open_page("home").main.button]
    assert "Bring in four of them as clips" not in labels
