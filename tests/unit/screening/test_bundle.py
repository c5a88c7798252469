"""A kept model predicts as it was trained, in the same bytes, and refuses what does not match."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.errors import Cancelled, GuardError, UserError
from core.rng import derived_seed
from core.screening import card, model_file
from core.screening.bundle import Bundle, from_file, read, to_file
from core.screening.cohort import recipe_of, training_samples
from core.screening.kept_model import screen_by
from core.screening.screening import percentile, screen
from core.screening.training import train
from core.screening.voting import train_fold_models
from core.settings import CLASSIFIERS
from core.types import EMOTIONS
from core.workspace.demo import demo_table
from tests.unit.screening.kept import QUICK, exported, kept, stranger


def fresh(bundle: Bundle, emotion: str):
    """The fold models of one emotion, trained again."""
    rows = demo_table()
    material, _ = training_samples(rows, emotion, bundle.settings.features)
    seed = derived_seed(bundle.settings.random_state, "screen", emotion)
    settings = bundle.settings
    return material, train_fold_models(emotion, material, recipe_of(settings), settings.n_folds, seed)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
@pytest.mark.parametrize(("features", "method"), [("Table II", "none"), ("automatic", "AGCL")])
def test_what_was_kept_predicts_as_what_was_trained(classifier: str, features: str, method: str) -> None:
    bundle = kept(classifier, features, method)
    opened = from_file(to_file(bundle))
    material, trained = fresh(bundle, "fear")
    noise = np.random.default_rng(0).uniform(0, 5, (200, material.X.shape[1]))
    for X in (material.X, noise):
        assert np.array_equal(opened.models["fear"].predict(X), trained.predict(X))
    assert opened.models["fear"].weights.tolist() == trained.weights.tolist()
    assert opened.identity == bundle.identity


@pytest.mark.parametrize("classifier", ["random forest", "logistic regression"])
def test_the_same_run_gives_the_same_bytes(classifier: str) -> None:
    first = kept(classifier)
    table = demo_table()
    again = train(table[table["emotion"].isin(("anger", "fear"))], first.settings)
    assert to_file(again) == to_file(first)
    assert model_file.dump([m.pipeline for m in first.models["fear"].models]) == first.files["fear.skops"]


def test_no_sampler_and_no_random_numbers_are_kept() -> None:
    for classifier in CLASSIFIERS:
        for content in kept(classifier, "automatic", "AGCL").files.values():
            assert b"imblearn" not in content
            assert b"AGCL" not in content
            assert b"RandomState" not in content


def test_the_card_says_who_trained_it_and_what_it_is_worth() -> None:
    told = kept().card
    assert told["simulated"] is True
    assert told["backends"] == ["hypomimia-lab"]
    assert told["people"]["n"] == told["people"]["n_pd"] + told["people"]["n_control"] == 59
    assert set(told["skipped"]) == {"happiness", "disgust", "surprise"}
    fear = told["emotions"]["fear"]
    right = fear["sensitivity"]["correct"] + fear["specificity"]["correct"]
    assert right == pytest.approx(fear["out_of_fold"]["correct"])
    assert fear["sensitivity"]["n"] + fear["specificity"]["n"] == fear["out_of_fold"]["n"] == 6
    vote = told["vote_accuracy"]
    assert vote["n_people"] == 59
    assert vote["n_undecided"] == 59  # two emotions are too few for any verdict
    assert json.loads(card.written(told)) == told


def test_no_code_of_a_person_is_in_the_file() -> None:
    content = to_file(kept())
    assert b"SIM0" not in content
    assert b"SIM1" not in content


def test_age_and_sex_are_told_where_they_are_known() -> None:
    table = demo_table()
    people = {subject: i for i, subject in enumerate(sorted(table["subject"].unique()))}
    table["age"] = table["subject"].map(people) + 20.0
    table["sex"] = ["F" if people[s] % 2 else "" for s in table["subject"]]
    told = train(table[table["emotion"] == "fear"], QUICK).card["people"]
    assert sum(group["n"] for group in told["age"].values()) == told["n"]
    assert min(group["low"] for group in told["age"].values()) >= 20
    assert set(told["sex"]["PD"]) == {"F", "unknown"}


def test_a_cohort_of_two_backends_or_one_group_trains_nothing_to_keep() -> None:
    table = demo_table()
    mixed = table.assign(backend=["openface" if s == "SIM01" else "hypomimia-lab" for s in table["subject"]])
    with pytest.raises(UserError, match="hypomimia-lab, openface"):
        train(mixed, QUICK)
    with pytest.raises(UserError, match="can train no emotion"):
        train(table[table["group"] == "PD"], QUICK)
    with pytest.raises(GuardError):
        train(table.assign(synthetic=True), QUICK)


def test_a_cancel_stops_the_training() -> None:
    class CancelAtOnce:
        def report(self, done: float, total: float, message: str = "") -> None:
            raise AssertionError("nothing is reported after a cancel")

        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        train(demo_table(), QUICK, CancelAtOnce())


@pytest.fixture(scope="module")
def whole() -> Bundle:
    """All five emotions."""
    return train(demo_table(), QUICK)


def test_a_stranger_is_judged_as_if_the_cohort_had_been_trained_on(whole: Bundle) -> None:
    by_model = screen_by(whole, stranger())[0].to_json()
    by_cohort = screen(stranger(), demo_table(), QUICK).to_json()
    assert by_model["model"] == whole.identity
    for one, other in zip(by_model["emotions"], by_cohort["emotions"], strict=True):
        for name in ("decision", "n_for_pd", "weight_for_pd", "n_pd", "n_control", "out_of_fold"):
            assert one[name] == other[name]
        for mine, theirs in zip(one["features"], other["features"], strict=True):
            assert mine["value"] == theirs["value"]
            for group in ("percentile_pd", "percentile_control"):
                assert mine[group] == pytest.approx(theirs[group], abs=10)  # between eleven quantiles
    for name in ("verdict", "vote_accuracy", "settings", "person_hash"):
        assert by_model[name] == by_cohort[name]
    assert any("simulated" in warning for warning in by_model["warnings"])


def test_half_of_those_equal_to_a_person_count_as_below(whole: Bundle) -> None:
    person = stranger()
    units = whole.card["emotions"]["happiness"]["features"]
    person.loc[person["emotion"] == "happiness", units] = 0.0
    happiness = screen_by(whole, person)[0].to_json()["emotions"][1]
    for reading in happiness["features"]:
        theirs = demo_table().query("emotion == 'happiness' and group == 'PD'")[reading["name"]].to_numpy()
        assert reading["percentile_pd"] == pytest.approx(percentile(0.0, theirs), abs=10)


@pytest.mark.parametrize("code", ["SIM01", " sim01 "])
def test_whom_it_was_trained_on_it_does_not_judge(whole: Bundle, code: str) -> None:
    with pytest.raises(UserError, match=r"trained on .*no honest verdict"):
        screen_by(whole, stranger(code))


def test_a_known_clip_is_recognised_under_another_code(whole: Bundle) -> None:
    table = demo_table()
    with pytest.raises(UserError, match="A clip is among those"):
        screen_by(whole, table[table["subject"] == "SIM02"].assign(subject="OTHER"))


def test_another_backend_is_refused_with_both_named(whole: Bundle) -> None:
    with pytest.raises(UserError, match=r"hypomimia-lab; the person's are of openface\."):
        screen_by(whole, stranger().assign(backend="openface"))


def test_who_lacks_a_feature_is_told_which() -> None:
    person = stranger().drop(columns=["AU04", "AU09"])
    with pytest.raises(UserError, match=r"cannot be judged.*could not be measured"):
        screen_by(kept(), person[person["emotion"] == "fear"].assign(AU05=np.nan))


def test_an_emotion_it_was_not_trained_for_does_not_count() -> None:
    votes = {vote.emotion: vote for vote in screen_by(kept(), stranger())[0].verdict.votes}
    assert [votes[emotion].usable for emotion in EMOTIONS] == [emotion in ("anger", "fear") for emotion in EMOTIONS]
    assert "not trained for it" in votes["surprise"].reason


def test_synthetic_people_are_not_judged() -> None:
    with pytest.raises(GuardError):
        screen_by(kept(), stranger().assign(synthetic=True))


def test_other_features_are_refused_with_both_lists() -> None:
    emotions = json.loads(json.dumps(kept().card["emotions"]))
    told = emotions["fear"]
    reference = next(iter(told["reference"].values()))
    told |= {"features": ["AU01", "AU45"], "reference": {"AU01": reference, "AU45": reference}}
    ours = ", ".join(kept().card["emotions"]["fear"]["features"])
    with pytest.raises(UserError, match=rf"trained on AU01, AU45; this program gives {ours}\."):
        from_file(exported(kept(), emotions=emotions))


def test_another_scikit_learn_is_refused_with_both_versions() -> None:
    versions = {**kept().card["versions"], "scikit-learn": "0.24.2"}
    with pytest.raises(UserError, match=r"needs 0\.24\.2 and here is"):
        from_file(exported(kept(), versions=versions))


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(UserError, match="format 2"):
        from_file(exported(kept(), format=2))


def test_models_of_another_classifier_are_refused() -> None:
    settings = {**kept().card["settings"], "classifier": "SVM"}
    with pytest.raises(UserError, match="not a file of fold models"):
        from_file(exported(kept(), settings=settings))


def test_a_changed_file_is_refused_by_its_hash() -> None:
    bundle = kept()
    changed = bytearray(bundle.files["fear.skops"])
    changed[len(changed) // 2] ^= 1
    with pytest.raises(UserError, match="SHA-256"):
        read(card.written(bundle.card), {**bundle.files, "fear.skops": bytes(changed)})
    with pytest.raises(UserError, match=r"fear\.skops is missing"):
        read(card.written(bundle.card), {"anger.skops": bundle.files["anger.skops"]})
