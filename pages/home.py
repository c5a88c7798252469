"""Home: what this is, what is in the workspace, and three ways in."""

from __future__ import annotations

import streamlit as st

from core.workspace import clips, cohorts, jobs
from pages.parts import shell

STEPS = (
    (
        "clips",
        "Clips",
        "Bring in short clips of people making five expressions, label them, measure their action units.",
    ),
    ("faces", "Faces", "See one clip: its face as a mesh, its curves, how fast it moves; correct its peak by hand."),
    ("au_table", "AU table", "See the cohort as a table, import and export it, compare the groups."),
    (
        "latent_space",
        "Latent space",
        "See where people lie, and which groups of them are pure, while you move the threshold.",
    ),
    (
        "synthetic_samples",
        "Synthetic samples",
        "Enlarge the cohort with synthetic points and see whether they look real.",
    ),
    ("validation", "Validation", "Learn what a reported accuracy is worth with this few people."),
    ("screen", "Screen", "Let the models of the cohort vote on one person, emotion by emotion."),
    ("models", "Models", "Keep what was trained, read what it is worth, and screen with it again."),
)
IMAGE_STEPS = (
    ("evolve_images", "Evolve images", "Train a generator of few images, and evolve a diverse set with it."),
    ("s3vae", "S3VAE", "Train one network of all classes of images, and look into its latent space."),
    ("studies", "Studies", "Learn whether synthetic images help a classifier at all."),
)

ws = shell.guard()
shell.header(
    "Home",
    "Measure facial expressions, see how well they separate Parkinson's disease from controls, and screen one more "
    "person, with a cohort of only tens of people. Everything stays on this computer.",
    terms=("AU", "hypomimia", "cohort", "simulated"),
)


def open_demo() -> None:
    """Load the simulated cohort and make it the one in use."""
    cohorts.use(ws, cohorts.load_demo(ws).id)
    st.session_state["demo_opened"] = True


if st.session_state.pop("demo_opened", False):
    st.switch_page("pages/latent_space.py")

known = cohorts.list_cohorts(ws)
films = clips.list_clips(ws)
in_use = cohorts.in_use(ws)
running = jobs.active(ws)
with st.container(horizontal=True, key="figures"):
    st.metric("Cohorts", len(known))
    st.metric("People in the cohort in use", in_use.n_people if in_use else "–")
    st.metric("Clips", len(films))
    st.metric("Clips measured", sum(clip.measured for clip in films))
    st.metric("Jobs running", len(running))

st.header("Three ways in", anchor=False)
with st.container(key="ways"):
    demo, own_clips, own_table = st.columns(3, border=True)
with demo:
    st.markdown("**Look around**")
    st.markdown(
        "59 **simulated** people, 29 of them PD-like, in five emotions: rendered from a face model and measured like "
        "any clip. No camera ever saw them."
    )
    if in_use is not None and in_use.id == cohorts.DEMO_ID:
        if st.button("See it in the latent space", type="primary", icon=":material/scatter_plot:"):
            st.switch_page("pages/latent_space.py")
        if not any(clip.simulated for clip in films) and st.button("Bring in four of them as clips"):
            cohorts.open_demo(ws)
            st.switch_page("pages/clips.py")
        if st.button("Walk through a screening", icon=":material/directions_walk:"):
            st.switch_page("pages/walkthrough.py")
    else:
        st.button("Open the demo cohort", type="primary", icon=":material/play_arrow:", on_click=open_demo)
with own_clips:
    st.markdown("**My clips**")
    st.markdown("Videos or stills of people making expressions. Labels come from the folder or file names.")
    if st.button("Bring in clips", icon=":material/movie:"):
        st.switch_page("pages/clips.py")
with own_table:
    st.markdown("**My AU table**")
    st.markdown("A CSV of action units you already have, from OpenFace or from another study.")
    if st.button("Import a table", icon=":material/table:"):
        st.switch_page("pages/au_table.py")

for heading, steps, key in (
    ("From a clip to a verdict", STEPS, "steps"),
    ("From few images to more", IMAGE_STEPS, "image-steps"),
):
    st.header(heading, anchor=False)
    with st.container(gap="xxsmall", key=key):
        for number, (page, label, text) in enumerate(steps, start=1):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.page_link(f"pages/{page}.py", label=f"{number}. {label}", width=180)
                st.markdown(text)
