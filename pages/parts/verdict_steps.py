"""The steps of the walk-through: the clips of a simulated person, and the votes that come one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.types import CONTROL, EMOTIONS, PD
from core.workspace import clips
from pages.parts import charts, face_clip, shell, state
from pages.parts.face_drawing import MESH

if TYPE_CHECKING:
    from core.workspace.clips import Clip
    from core.workspace.store import Workspace


def demo_people(ws: Workspace) -> dict[str, list[Clip]]:
    """Simulated people whose clips are here, by code: their clips in the order of `EMOTIONS`."""
    found: dict[str, list[Clip]] = {}
    for clip in clips.list_clips(ws):
        if clip.simulated and clip.subject and clip.emotion in EMOTIONS:
            found.setdefault(clip.subject, []).append(clip)
    return {
        person: sorted(mine, key=lambda clip: EMOTIONS.index(clip.emotion)) for person, mine in sorted(found.items())
    }


def pictures(ws: Workspace, mine: list[Clip]) -> None:
    """The mesh at the peak of each clip that is measured, and what the others wait for."""
    for column, clip in zip(st.columns(len(mine)), mine, strict=True):
        with column:
            image = None
            if clip.measured and clip.verdict != "not usable":
                face = face_clip.load(ws, clip)
                peak = face.measurement.peak_frame
                image = None if peak is None else face_clip.drawn(face, peak, MESH)
            if image is not None:
                st.image(image, caption=clip.emotion, width="stretch")
            else:
                told = "no face found" if clip.measured else "not measured yet"
                st.markdown(f"**{clip.emotion}**  \n{told}")


def step(result: dict[str, Any], person: str) -> int:
    """How many votes are shown: one more with each click."""
    n = len(result["emotions"])
    key = f"{state.WALKED}_{person}"
    shown = min(int(st.session_state.get(key, 0)), n)
    with st.container(horizontal=True, vertical_alignment="center"):
        if shown < n:
            coming = result["emotions"][shown]["emotion"]
            st.button(f"Next: {coming}", type="primary", icon=":material/skip_next:", key="next_vote",
                      on_click=_show, args=(key, shown + 1))  # fmt: skip
            st.button("All votes", key="all_votes", on_click=_show, args=(key, n))
        else:
            st.button("From the beginning", icon=":material/replay:", key="no_votes", on_click=_show, args=(key, 0))
    return shown


def _show(key: str, n: int) -> None:
    st.session_state[key] = n


def votes(result: dict[str, Any], shown: int) -> None:
    """The first votes, what drove the last of them, and where the majority stands."""
    if not shown:
        st.markdown("25 models an emotion were trained without this person. None has voted yet.")
        return
    cast = result["emotions"][:shown]
    st.plotly_chart(charts.votes(cast), key="walk_votes", config=charts.STILL)
    last = cast[-1]
    if last["usable"]:
        st.markdown(f"**{last['emotion'].capitalize()}:** {_drivers(last)}")
    else:
        st.markdown(f"**{last['emotion'].capitalize()} does not count.** {shell.plain(last['reason'])}")
    usable = [vote for vote in cast if vote["usable"]]
    tally = {side: sum(vote["decision"] == side for vote in usable) for side in (PD, CONTROL)}
    st.markdown(f"So far **{tally[PD]} for PD, {tally[CONTROL]} for control** of {len(usable)} that count.")


def _drivers(vote: dict[str, Any]) -> str:
    """The action units of an emotion beside both groups, in words."""
    told = [
        f"{reading['name']} at {reading['value']:.2f} is above {reading['percentile_pd']:.0f} % of the people with PD "
        f"and {reading['percentile_control']:.0f} % of the controls"
        for reading in vote["features"]
    ]
    return "; ".join(told) + "."
