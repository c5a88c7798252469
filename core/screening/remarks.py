"""What a verdict has to say of the rows behind it, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.latent.features import feature_names
from core.types import EMOTIONS, GROUPS

if TYPE_CHECKING:
    import pandas as pd

    from core.screening.surroundings import Surroundings


def warnings_of(others: pd.DataFrame, mixed: str) -> list[str]:
    """What takes the meaning from a verdict by models trained on the rows `others`.

    mixed: what `core.screening.comparable` says of both.
    """
    warnings = []
    if mixed:
        warnings.append(f"{mixed}. This verdict means nothing until person and cohort are measured alike.")
    if others["simulated"].astype(bool).any():
        warnings.append(
            "The cohort is simulated: no camera ever saw these people, and the verdict says nothing about anybody."
        )
    return warnings


def notes_on(person: pd.DataFrame, cohort: pd.DataFrame, others: pd.DataFrame, feature_set: str) -> list[str]:
    """What was done with the rows of a person and of the cohort, of which `others` trained on `feature_set`."""
    notes = []
    known = [group for group in person["group"].unique() if group in GROUPS]
    if known:
        notes.append(f"The person is labelled {known[0]} in the table; the label was not used.")
    dropped = len(cohort) - len(others)
    unknown = int((~cohort["group"].isin(GROUPS)).sum())
    if dropped - unknown > 0:
        notes.append("The person is in the cohort and was left out of training.")
    if unknown:
        notes.append(f"{unknown} rows of unknown group were not trained on.")
    repeated = [e for e, n in person["emotion"].value_counts(sort=False).items() if n > 1 and e in EMOTIONS]
    if repeated:
        notes.append(f"Several clips of {', '.join(sorted(repeated))} were averaged.")
    incomplete = 0
    for emotion in EMOTIONS:
        units = others.loc[others["emotion"] == emotion].reindex(columns=list(feature_names(emotion, feature_set)))
        incomplete += bool(units.isna().any(axis=None)) and not units.isna().all(axis=0).any()
    if incomplete:
        notes.append(
            f"In {incomplete} emotions the cohort has rows with unmeasured action units; those were not trained on."
        )
    return notes


def stranger_notes(near: Sequence[tuple[str, Surroundings]]) -> list[str]:
    """Where the models were asked about somebody unlike all whom they know: of (emotion, surroundings)."""
    strange = [(emotion, found) for emotion, found in near if found.far]
    if not strange:
        return []
    told = []
    for emotion, found in strange:
        beyond = f" ({', '.join(found.outside[:3])} everybody)" if found.outside else ""
        told.append(f"{emotion}{beyond}")
    return [
        f"The person is unlike everybody in the cohort in {'; '.join(told)}: farther from anyone than 95 % of its "
        "people are from each other. What models say beyond what they were taught is not to be relied on."
    ]


def coverage_notes(one_sided: Sequence[tuple[str, int, int]]) -> list[str]:
    """Where AGCL could not add to both groups: of (emotion, fold models in which it could not, fold models)."""
    return [
        f"AGCL had no pure cluster of one group in {n} of {n_models} fold models of {emotion}, so these were trained "
        "with synthetic rows of one side only or of none."
        for emotion, n, n_models in one_sided
        if n
    ]
