"""The discard study as a job, fed from the workspace and kept in its run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.images.settings import DiscardSettings
from core.types import Progress
from core.workspace import image_sets
from core.workspace.checkpoint import Checkpoint
from core.workspace.extraction import PROCESSES
from core.workspace.store import Workspace


def discard(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    """The discard study of the image set `images`; the other settings are those of `DiscardSettings`.

    A retry repeats no part, unless the program has changed.
    """
    from core.images.discard_sets import vae_refiller
    from core.images.discards import run
    from core.images.provenance import versions

    fields = {name: value for name, value in settings.items() if name != "images"}
    asked = DiscardSettings(**{**fields, "arms": tuple(fields["arms"]), "rates": tuple(fields["rates"])})
    checkpoint = Checkpoint(run_dir, {"settings": settings, "versions": versions()})
    image_set = image_sets.read(ws, settings["images"])
    return run(
        image_set, asked, vae_refiller(asked), run_dir, progress, dict(checkpoint.finished), checkpoint.add,
        ws.preference(PROCESSES),
    )  # fmt: skip
