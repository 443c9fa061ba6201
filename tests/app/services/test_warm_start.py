"""What a search starts from: trials of earlier experiments and pasted lines, and what is refused."""

from collections import Counter

import pytest

from app.db.models import Dataset, Experiment, Trial, WarmStartResult
from app.domain.terms import TrialState
from app.errors import Invalid
from app.queue.warm_start import load_results
from app.services import experiments, warm_start
from tests import factories

SPACE = {**factories.TINY, "units_1": {"choice": [2, 3, 4, 5, 6]}}
CSV = "units_1,objective\n5,2.5\n6,1.5\n60,1.25\n"


def earlier(session, trials=2, **changes):
    """An experiment with completed trials and a failed one, numbered after them."""
    made = factories.experiment(session, **{"space": SPACE, **changes})
    for number in range(1, trials + 1):
        factories.completed_trial(
            session, made, number, objective=float(number), units_1=number + 1
        )
    factories.trial(session, made, trials + 1, units_1=6).state = TrialState.FAILED
    session.flush()
    return made


def refused(session, **changes):
    with pytest.raises(Invalid) as error:
        factories.experiment(session, **{"space": SPACE, **changes})
    return {".".join(map(str, problem.loc)): problem.message for problem in error.value.problems}


def test_finished_trials_and_pasted_lines_are_known_before_the_first_trial(database):
    with database.write() as session:
        first = earlier(session)
        made = factories.experiment(session, space=SPACE, start_from=[first.id], pasted_results=CSV)
        told = load_results(session, made.id)
        assert [(one.parameters["units_1"], one.objective) for one in told] == [
            (2, 1.0),
            (3, 2.0),
            (5, 2.5),
            (6, 1.5),
        ]
        assert all(one.parameters["epochs"] == 2 for one in told)
        start = warm_start.start_of(session, made)
        assert start == warm_start.Start({first.id: 2}, 2, 1)
        assert start.text == (
            "Started from 2 trials of experiment 1 and 2 pasted results. "
            "1 more lies outside its search space or failed: not counted."
        )
        assert made.pasted_results == CSV.strip()


def test_a_search_that_starts_from_nothing_says_nothing(database):
    with database.write() as session:
        start = warm_start.start_of(session, factories.experiment(session))
        assert (start.text, start.count) == ("", 0)


def test_what_was_known_stays_when_the_experiment_it_came_from_is_deleted(database):
    with database.write() as session:
        first = earlier(session)
        made = factories.experiment(session, space=SPACE, start_from=[first.id])
        experiments.delete(session, first)
        session.expire_all()
        assert len(load_results(session, made.id)) == 2
        text = warm_start.start_of(session, made).text
        assert text == "Started from 2 trials of an experiment deleted since."
        experiments.delete(session, made)
        assert session.query(WarmStartResult).count() == 0


def test_a_narrower_space_counts_the_trials_inside_it(database):
    with database.write() as session:
        first = earlier(session, trials=4)
        narrow = {**SPACE, "units_1": {"choice": [4, 5, 6]}}
        made = factories.experiment(session, space=narrow, start_from=[first.id])
        assert warm_start.start_of(session, made) == warm_start.Start({first.id: 2}, 0, 2)


def test_two_experiments_are_each_counted_once(database):
    with database.write() as session:
        first, second = earlier(session), earlier(session, trials=3)
        made = factories.experiment(
            session, space=SPACE, start_from=[first.id, second.id, first.id]
        )
        assert warm_start.start_of(session, made).trials == {first.id: 2, second.id: 3}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"objective": "val_loss"}, "minimised rmse, and this one is to minimise val_loss"),
        (
            {"split": {"train": 0.6, "validation": 0.2, "test": 0.2}},
            "other rows: its split is 80, 10, 10 %",
        ),
        (
            {"space": {**SPACE, "epochs": 5}},
            "None of the 2 finished trials of experiment 1 lies in this search space",
        ),
        ({"space": {**SPACE, "epochs": 5}}, "epochs lies outside in 2"),
        ({"start_from": [77]}, "There is no experiment 77."),
        ({"strategy": "manual", "points": [{"units_1": 2}]}, "learns nothing"),
    ],
)
def test_what_cannot_be_compared_is_refused_at_its_field(database, changes, words):
    with database.write() as session:
        first = earlier(session)
        assert words in refused(session, **{"start_from": [first.id], **changes})["start_from"]


def test_another_dataset_is_refused_and_the_same_rows_uploaded_twice_are_not(database):
    with database.write() as session:
        first = earlier(session)
        other, same = factories.dataset(session, rows=90), factories.dataset(session)
        assert session.query(Dataset).count() == 3
        with pytest.raises(Invalid, match='was run on another dataset, "walk"'):
            experiments.create(
                session, factories.request(other.id, space=SPACE, start_from=[first.id])
            )
        made = experiments.create(
            session, factories.request(same.id, space=SPACE, start_from=[first.id])
        )
        assert warm_start.start_of(session, made).count == 2


def test_trials_of_another_network_are_refused(database):
    with database.write() as session:
        first = earlier(session)
        first.custom_model_name = "mine"
        session.flush()
        assert (
            refused(session, start_from=[first.id])["start_from"]
            == "Experiment 1 trained another network, mine."
        )


def test_an_experiment_without_finished_trials_is_refused(database):
    with database.write() as session:
        first = earlier(session, trials=0)
        assert "no finished trial" in refused(session, start_from=[first.id])["start_from"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("units_1,objective\n2,low\n", 'Line 2, column "objective"'),
        ("units_1,objective\n60,1\n61,\n", "None of these lines counts"),
        (
            "units_1,objective\n" + "".join(f"{units},1\n" for units in range(2, 7)),
            "nothing is left to try",
        ),
    ],
)
def test_pasted_lines_that_are_of_no_use_are_refused_at_their_field(database, text, words):
    with database.write() as session:
        factories.dataset(session)
        assert words in refused(session, pasted_results=text)["pasted_results"]


def test_every_problem_is_said_at_once(database):
    with database.write() as session:
        factories.dataset(session)
        found = refused(session, start_from=[77], pasted_results="units_1\n3\n", pruning="axe")
        assert set(found) == {"start_from", "pasted_results", "pruning"}


def test_a_trial_that_still_runs_is_not_told(database):
    with database.write() as session:
        first = earlier(session)
        factories.completed_trial(session, first, 4, units_1=5).state = TrialState.RUNNING
        session.flush()
        made = factories.experiment(session, space=SPACE, start_from=[first.id])
        assert warm_start.start_of(session, made).count == 2
        assert Counter(session.query(Trial.experiment_id)) == {(first.id,): 4}
        assert session.get(Experiment, made.id).max_trials == 3
