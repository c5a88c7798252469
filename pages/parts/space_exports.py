"""What the latent space gives to take away: points, clusters, the figure, and how all of it was made."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.settings import NOTICE
from core.types import CONTROL, PD
from core.workspace.provenance import versions
from pages.parts import charts, cluster_table, tables
from pages.parts.shell import Download
from pages.parts.space import SEED, Choice, with_provenance

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.cut import Cut
    from core.settings import SamplerSettings
    from core.workspace.cohorts import Cohort
    from pages.parts.picture import Picture


def exports(
    cohort: Cohort, choice: Choice, method: str, settings: SamplerSettings, picture: Picture, cut: Cut
) -> list[Download]:
    """Augmented rows, points with places and clusters, clusters, the figure as PNG and SVG, and the JSON of them."""
    stem = f"latent_space_{choice.emotion}".replace(" ", "_")
    made = picture.synthetic[picture.synthetic_at(cut.threshold)]
    augmented = with_provenance(picture.space, made, choice.emotion, method)
    rows = picture.rows_at(cut)
    about = described(cohort, choice, method, settings, picture, cut)
    simulated = " (simulated people)" if about["simulated"] else ""
    title = f"{choice.emotion}, {choice.features}{simulated}, threshold {cut.threshold:g}. {NOTICE}"

    def figure(kind: str) -> bytes:
        return charts.latent_map_file(rows, picture.outlines_at(cut), made, picture.axes, title, kind)

    return [
        *(item._replace(label=f"Augmented data as {item.label}") for item in tables.exports(augmented, stem)),
        Download("Map and clusters of people as CSV", f"{stem}_people.csv", "text/csv",
                 lambda: rows[["subject", "emotion", "group", "x", "y", "cluster", "sc"]].to_csv(index=False)),
        Download("Clusters as CSV", f"{stem}_clusters.csv", "text/csv",
                 lambda: cluster_table.table(cut.clusters).to_csv(index=False)),
        Download("Map as PNG", f"{stem}.png", "image/png", lambda: figure("png")),
        Download("Map as SVG", f"{stem}.svg", "image/svg+xml", lambda: figure("svg")),
        Download("How it was made, as JSON", f"{stem}.json", "application/json",
                 lambda: json.dumps(about, indent=2, allow_nan=False)),
    ]  # fmt: skip


def described(
    cohort: Cohort, choice: Choice, method: str, settings: SamplerSettings, picture: Picture, cut: Cut
) -> dict[str, Any]:
    """Settings, seed, versions and input hash of what is shown, and its counts."""
    rows: pd.DataFrame = picture.space.rows
    return {
        "notice": NOTICE,
        "cohort": cohort.name,
        "input_hash": cohort.table_hash,
        "simulated": bool(rows["simulated"].any()),
        "emotion": choice.emotion,
        "feature_set": choice.features,
        "features": list(picture.space.features),
        "n_rows": len(rows),
        "skipped": picture.space.skipped,
        "tree": {"n_clusters": picture.space.tree.n_clusters_, "rule": choice.rule, "threshold": cut.threshold},
        "method": method,
        "settings": asdict(settings),
        "random_state": SEED,
        "coverage": {PD: cut.coverage.get(1), CONTROL: cut.coverage.get(0)},
        "n_synthetic": int(picture.synthetic_at(cut.threshold).sum()),
        "versions": versions(),
    }
