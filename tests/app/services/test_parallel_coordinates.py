"""The lines of parallel coordinates, and which of them a filter finds."""

import pytest

from app.services import parallel_coordinates
from app.services.parallel_coordinates import find_matching, load_lines
from app.services.trial_listing import TrialQuery
from tests import factories

SPACE = {
    **factories.TINY,
    "cell": {"choice": ["lstm", "gru"]},
    "units_1": {"integer": [2, 99]},
    "learning_rate": {"loguniform": [1e-4, 1e-1]},
    "recurrent_layers": {"choice": [2, 1]},
    "units_2": {"integer": [2, 9], "when": {"recurrent_layers": 2}},
    "shuffle": {"choice": [False, True]},
}
VARIED = [name for name in SPACE if name in ("units_1", "learning_rate", "shuffle")]
VARIED += ["cell", "recurrent_layers", "units_2"]


@pytest.fixture
def searched(database):
    """Eight trials, the later the better; every other one has a second layer."""
    with database.write() as session:
        experiment = factories.experiment(session, space=SPACE)
        for number in range(1, 9):
            layers = 1 + number % 2
            factories.completed_trial(
                session,
                experiment,
                number,
                10.0 - number,
                units_1=10 * number,
                cell="gru" if number > 4 else "lstm",
                recurrent_layers=layers,
                shuffle=number == 8,
                **({"units_2": 4} if layers == 2 else {}),
            )
        factories.trial(session, experiment, 9, units_1=99)
        yield session, experiment


def test_lines_go_through_the_values_that_the_search_varies(searched):
    session, experiment = searched

    lines = load_lines(session, experiment)

    axes = {axis.name: axis for axis in lines.axes}
    columns = dict(zip(axes, lines.columns, strict=True))
    assert set(axes) == {
        "cell",
        "units_1",
        "learning_rate",
        "recurrent_layers",
        "units_2",
        "shuffle",
    }
    assert (axes["learning_rate"].low, axes["learning_rate"].high) == (1e-4, 1e-1)
    assert axes["learning_rate"].is_log
    assert axes["recurrent_layers"].values == (1, 2)
    assert columns["cell"] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert columns["units_1"] == [10, 20, 30, 40, 50, 60, 70, 80]
    assert columns["units_2"] == [4, None, 4, None, 4, None, 4, None]
    assert columns["shuffle"] == [0, 0, 0, 0, 0, 0, 0, 1]
    assert lines.numbers == list(range(1, 9))
    assert lines.ranks == [7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8, 0]
    assert lines.n_trials == 8


def test_of_many_the_best_and_an_even_selection_are_drawn_and_found(searched, monkeypatch):
    session, experiment = searched
    monkeypatch.setattr(parallel_coordinates, "MAX_LINES", 4)
    monkeypatch.setattr(parallel_coordinates, "MAX_BEST_LINES", 2)

    lines = load_lines(session, experiment)
    found = find_matching(session, experiment, TrialQuery(search="units_1<=70"))

    assert lines.numbers == [1, 7, 8]
    assert lines.n_trials == 8
    assert found == ([1, 7], 7)


def test_without_trials_there_are_axes_alone(database):
    with database.write() as session:
        lines = load_lines(session, factories.experiment(session, space=SPACE))

        assert lines.numbers == []
        assert len(lines.axes) == 6
