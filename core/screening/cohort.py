"""The people of a cohort as training material: who may be trained on, and how good the whole vote is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.latent.features import feature_names, samples, some_of, unmeasured
from core.people import person_key
from core.rng import derived_seed
from core.screening.calibration import Calibration, calibrate
from core.screening.certainty import withheld_curve
from core.screening.classifiers import Recipe
from core.screening.held_out import HeldOutVotes
from core.screening.pace import Pace
from core.screening.protocols import MIN_PEOPLE, check_disjoint, people_folds, people_of
from core.screening.voting import EmotionModels, cast_vote, train_fold_models
from core.settings import METHODS, ScreeningSettings
from core.types import EMOTIONS, GROUPS, EmotionVote, Samples

if TYPE_CHECKING:
    import pandas as pd

N_OUTER = 5
"""Parts of the people in the estimate of the whole vote."""


def recipe_of(settings: ScreeningSettings) -> Recipe:
    """What the settings train. Raises `UserError` for an unknown method."""
    if settings.method not in METHODS:
        raise UserError(
            f"There is no method {settings.method!r}.", f"Known are {', '.join(METHODS)}.", "Choose one of these."
        )
    return Recipe(settings.classifier, agcl=settings.agcl if settings.method == "AGCL" else None)


def without(cohort: pd.DataFrame, subject: str) -> pd.DataFrame:
    """The rows that may train a screening of `subject`: known group, and not theirs, in whatever case the code is."""
    theirs = cohort["subject"].map(person_key) == person_key(subject)
    return cohort[cohort["group"].isin(GROUPS) & ~theirs].reset_index(drop=True)


def training_samples(cohort: pd.DataFrame, emotion: str, feature_set: str) -> tuple[Samples | None, str]:
    """The complete rows of one emotion as arrays, or (None, why there are none to train on)."""
    rows = cohort[cohort["emotion"] == emotion]
    features = list(feature_names(emotion, feature_set))
    missing = [feature for feature in features if feature not in rows.columns]
    if len(rows):
        missing = unmeasured(rows, emotion, feature_set)
    if missing:
        return None, f"The cohort lacks {some_of(missing)}."
    rows = rows[rows[features].notna().all(axis=1)]
    _, y = people_of(rows)
    if min(np.sum(y == 1), np.sum(y == 0)) < MIN_PEOPLE:
        return (
            None,
            f"The cohort has {int(np.sum(y == 1))} people with PD and {int(np.sum(y == 0))} controls in {emotion}.",
        )
    return samples(rows, emotion, feature_set), ""


class Training:
    """What `rows` (known groups, nobody to be screened) give by `settings`: each part made when first asked for."""

    def __init__(self, rows: pd.DataFrame, settings: ScreeningSettings, pace: Pace) -> None:
        self.rows = rows
        self.settings = settings
        self._pace = pace
        self._samples: dict[str, tuple[Samples | None, str]] = {}
        self._models: dict[str, EmotionModels] = {}

    def samples(self, emotion: str) -> tuple[Samples | None, str]:
        """`training_samples` of one emotion."""
        if emotion not in self._samples:
            self._samples[emotion] = training_samples(self.rows, emotion, self.settings.features)
        return self._samples[emotion]

    def models(self, emotion: str) -> EmotionModels:
        """The fold models of an emotion that has samples."""
        if emotion not in self._models:
            material, reason = self.samples(emotion)
            if material is None:
                raise ValueError(reason)
            seed = derived_seed(self.settings.random_state, "screen", emotion)
            step = self._pace.stepper(f"Training the fold models of {emotion}")
            self._models[emotion] = train_fold_models(
                emotion, material, recipe_of(self.settings), self.settings.n_folds, seed, step
            )
        return self._models[emotion]

    @cached_property
    def held_out(self) -> HeldOutVotes:
        """`held_out_votes` on the people of the rows: they do not depend on who is screened."""
        return held_out_votes(self.rows, self.settings, self._pace)

    @cached_property
    def calibration(self) -> Calibration:
        """Fitted to the votes on people left out."""
        _, shares, y = self.held_out.shares()
        return calibrate(shares, y)

    @cached_property
    def withheld_curve(self) -> list[dict[str, object]]:
        """`certainty.withheld_curve` of the rows."""
        return withheld_curve(self.held_out)

    @cached_property
    def calibrated_accuracy(self) -> dict[str, Any]:
        """`HeldOutVotes.calibrated_accuracy` of the rows."""
        return self.held_out.calibrated_accuracy()


def held_out_votes(cohort: pd.DataFrame, settings: ScreeningSettings, pace: Pace) -> HeldOutVotes:
    """Votes of the whole procedure on each person of known group by models trained on none of their rows.

    The people are parted into `N_OUTER` groups; each is judged by models trained on the others. Nothing is tuned, so
    this is what to expect for one more person of the same population.
    """
    people, y = people_of(cohort)
    label_of_person = dict(zip(people.tolist(), y.tolist(), strict=True))
    try:
        parts = people_folds(people, y, N_OUTER, derived_seed(settings.random_state, "vote accuracy"))
    except UserError as error:
        return HeldOutVotes(label_of_person, {}, 0, str(error))
    votes: dict[str, tuple[EmotionVote, ...]] = {}
    for i, part in enumerate(parts):
        left_out = cohort["subject"].isin(part)
        check_disjoint(cohort["subject"][~left_out].to_numpy(), cohort["subject"][left_out].to_numpy())
        seed = derived_seed(settings.random_state, "outer", i)
        cast = _votes_on(cohort[left_out], cohort[~left_out], settings, seed, pace)
        votes.update({person: tuple(of_person) for person, of_person in cast.items()})
    return HeldOutVotes(label_of_person, votes, len(parts))


def _votes_on(
    left_out: pd.DataFrame, cohort: pd.DataFrame, settings: ScreeningSettings, random_state: int, pace: Pace
) -> dict[str, list[EmotionVote]]:
    """Votes of fold models trained on `cohort` on each person of `left_out`, over the emotions that both can use."""
    votes: dict[str, list[EmotionVote]] = {}
    step = pace.stepper("Testing the vote on people left out")
    for emotion in EMOTIONS:
        material, _ = training_samples(cohort, emotion, settings.features)
        if material is None:
            continue
        seed = derived_seed(random_state, emotion)
        models = train_fold_models(emotion, material, recipe_of(settings), settings.n_folds, seed, step)
        rows = left_out[left_out["emotion"] == emotion].set_index("subject")[list(material.features)]
        faces = rows[rows.notna().all(axis=1)].groupby(level=0).mean()
        if len(faces):
            for person, predictions in zip(faces.index, models.predict(faces.to_numpy(float)).T, strict=True):
                votes.setdefault(person, []).append(cast_vote(emotion, predictions, models.weights))
    return votes
