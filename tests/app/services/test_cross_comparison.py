"""Trials of several experiments: which ones compare, and what is said of the others."""

from app.services import cross_comparison
from app.services.cross_comparison import CrossRequest
from tests import factories


def test_the_best_of_experiments_and_single_trials_are_compared_in_order(database):
    with database.write() as session:
        first = factories.experiment(session, name="first")
        second = factories.experiment(session, name="second")
        empty = factories.experiment(session, name="empty")
        single = factories.completed_trial(session, first, 1, 3.0, units_1=2)
        best = factories.completed_trial(session, first, 2, 1.0, units_1=3)
        other = factories.completed_trial(session, second, 1, 2.0, units_1=4)
        request = CrossRequest(
            trials=[f"{single.id}, 77", "x"], experiments=[f"{second.id} {first.id}", str(empty.id)]
        )

        compared = cross_comparison.compare(session, request)

        assert compared.trials == (single, other, best)
        assert compared.problem == (
            '"x" is no id. There is no trial with the id 77. '
            "No trial of “empty” has been evaluated yet."
        )
        assert cross_comparison.label_trials(compared.trials) == (
            "trial 1 of first",
            "trial 1 of second",
            "trial 2 of first",
        )
        assert cross_comparison.label_trials((single, best)) == ("trial 1", "trial 2")


def test_what_does_not_compare_with_the_pinned_one_is_left_out_in_words(database):
    with database.write() as session:
        plain = factories.experiment(session, name="plain")
        ahead = factories.experiment(session, name="ahead", horizon=3)
        apart = factories.experiment(
            session, name="apart", split={"train": 0.7, "validation": 0.2, "test": 0.1}
        )
        elsewhere = factories.experiment(session, name="elsewhere")
        elsewhere.dataset_id = factories.dataset(session, rows=130, name="prices").id
        session.flush()
        session.expire_all()
        made = [
            factories.completed_trial(session, experiment, 1, 1.0, units_1=2)
            for experiment in (plain, ahead, apart, elsewhere)
        ]
        ids = [str(trial.id) for trial in made]

        compared = cross_comparison.compare(session, CrossRequest(trials=ids))
        pinned = cross_comparison.compare(session, CrossRequest(trials=ids, pin=ids[1]))

        assert compared.trials == (made[0],)
        assert compared.problem == (
            "Trial 1 of “ahead” is left out: it forecasts 3 rows ahead, the others 1. "
            "Trial 1 of “apart” is left out: its split is another one, so it is judged on other "
            "rows. Trial 1 of “elsewhere” is left out: it is of the dataset “prices”, the others "
            "of “walk”."
        )
        assert pinned.trials == (made[1],)


def test_of_too_many_the_first_and_the_pinned_one_are_shown(database):
    with database.write() as session:
        made = factories.experiment(
            session, max_trials=20, space={**factories.TINY, "units_1": {"integer": [2, 99]}}
        )
        trials = [
            factories.completed_trial(session, made, number, units_1=number + 1)
            for number in range(1, 9)
        ]
        ids = [str(trial.id) for trial in trials]

        compared = cross_comparison.compare(session, CrossRequest(trials=ids, pin=ids[7]))

        assert compared.trials == (*trials[:5], trials[7])
        assert compared.problem == "Of 8 trials the first 6 are shown."
