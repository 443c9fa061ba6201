"""What a search cannot start from is refused at its field."""

import pytest

from app.db.models import Dataset
from app.domain.search_space.space import SearchSpace
from app.errors import Invalid
from app.services import earlier_results, experiments, warm_start
from tests import factories
from tests.app.services.earlier import SPACE, earlier_experiment


def problems_of_request(session, **changes):
    """The messages by field for a request that is refused."""
    with pytest.raises(Invalid) as error:
        factories.experiment(session, **{"space": SPACE, **changes})
    return {".".join(map(str, problem.loc)): problem.message for problem in error.value.problems}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"horizon": 4}, "forecast 1 row ahead, and this one is to forecast 4"),
        ({"objective": "val_loss"}, "minimised rmse, and this one is to minimise val_loss"),
        ({"objective": "mase"}, "minimised rmse, and this one is to minimise mase"),
        (
            {"split": {"train": 0.6, "validation": 0.2, "test": 0.2}},
            "other rows: its split is 80, 10, 10 %",
        ),
        (
            {"space": {**SPACE, "epochs": 5}},
            "None of the 2 finished trials of experiment 1 lies in this search space",
        ),
        ({"space": {**SPACE, "epochs": 5}}, "epochs lies outside in 2"),
        ({"start_from": [77]}, "Experiment 77 not found."),
        ({"strategy": "manual", "points": [{"units_1": 2}]}, "learns nothing"),
    ],
)
def test_what_cannot_be_compared_is_refused_at_its_field(database, changes, words):
    with database.write() as session:
        earlier = earlier_experiment(session)

        problems = problems_of_request(session, **{"start_from": [earlier.id], **changes})

    assert words in problems["start_from"]


def test_a_mase_relative_to_other_seasons_is_refused(database):
    with database.write() as session:
        earlier = earlier_experiment(session, objective="mase")
        request = {"objective": "mase", "start_from": [earlier.id]}
        assert factories.experiment(session, space=SPACE, **request).id

        earlier.dataset.season_lengths = [7.0]
        problems = problems_of_request(session, **request)

    assert problems["start_from"].startswith("The MASE of experiment 1 is relative to another")


def test_another_dataset_is_refused(database):
    with database.write() as session:
        earlier = earlier_experiment(session)
        other = factories.dataset(session, rows=90)
        request = factories.request(other.id, space=SPACE, start_from=[earlier.id])

        with pytest.raises(Invalid, match='was run on another dataset, "walk"'):
            experiments.create(session, request)


def test_the_same_rows_uploaded_twice_are_the_same_dataset(database):
    with database.write() as session:
        earlier = earlier_experiment(session)
        same = factories.dataset(session)
        request = factories.request(same.id, space=SPACE, start_from=[earlier.id])

        experiment = experiments.create(session, request)

        assert session.query(Dataset).count() == 2
        assert warm_start.summarise(session, experiment).count == 2


def test_trials_of_another_network_are_refused(database):
    with database.write() as session:
        earlier = earlier_experiment(session)
        earlier.custom_model_name = "mine"
        session.flush()

        problems = problems_of_request(session, start_from=[earlier.id])

    assert problems["start_from"] == "Experiment 1 trained another network, mine."


def test_a_preview_counts_the_trials_of_the_same_space_without_reading_them(database):
    with database.write() as session:
        earlier = earlier_experiment(session)
        request = factories.request(earlier.dataset_id, space=SPACE, start_from=[earlier.id])
        space = SearchSpace.parse(SPACE)
        narrower = SearchSpace.parse({**SPACE, "units_1": {"choice": [3, 4, 5]}})

        of_same = earlier_results.collect(session, request, space, is_preview=True)
        of_narrower = earlier_results.collect(session, request, narrower, is_preview=True)
        stored = earlier_results.collect(session, request, space)

    assert (of_same.count, of_same.rows, of_same.ignored) == (2, [], 0)
    assert (of_narrower.count, of_narrower.ignored) == (1, 1)
    assert [row.objective for row in stored.rows] == [1.0, 2.0]
    assert warm_start.preview(of_same) == warm_start.preview(stored)


def test_a_preview_looks_whether_the_trials_are_all_there_is_to_try(database):
    with database.write() as session:
        earlier = earlier_experiment(session, trials=5)
        request = factories.request(earlier.dataset_id, space=SPACE, start_from=[earlier.id])

        results = earlier_results.collect(
            session, request, SearchSpace.parse(SPACE), is_preview=True
        )

    assert "nothing is left to try" in results.problems[0].message


def test_an_experiment_without_finished_trials_is_refused(database):
    with database.write() as session:
        earlier = earlier_experiment(session, trials=0)

        problems = problems_of_request(session, start_from=[earlier.id])

    assert "no finished trial" in problems["start_from"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("units_1,objective\n2,low\n", 'Line 2, column "objective"'),
        (
            "units_1,objective\n60,1\n61,\n",
            "None of these lines counts: 1 outside the search space (units_1), 1 without",
        ),
        (
            "units_1,objective\n" + "".join(f"{units},1\n" for units in range(2, 7)),
            "nothing is left to try",
        ),
    ],
)
def test_pasted_lines_that_are_of_no_use_are_refused_at_their_field(database, text, words):
    with database.write() as session:
        factories.dataset(session)

        problems = problems_of_request(session, pasted_results=text)

    assert words in problems["pasted_results"]


def test_every_problem_is_said_at_once(database):
    with database.write() as session:
        factories.dataset(session)

        problems = problems_of_request(
            session, start_from=[77], pasted_results="units_1\n3\n", pruning="axe"
        )

    assert set(problems) == {"start_from", "pasted_results", "pruning"}
