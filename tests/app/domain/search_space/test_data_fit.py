"""Which parameters fit the rows, the seasons and the calendar of a dataset."""

from typing import Any

import pytest

from app.domain.calendar_inputs import Cycle
from app.domain.search_space.data_fit import DataFacts, fit_problems
from app.domain.search_space.parameters import with_defaults


def misfits(train: int = 100, validation: int = 20, **parameters: Any) -> str:
    completed = with_defaults({"target": "level", **parameters})
    problems = fit_problems(completed, train, validation)
    return " ".join(f"{problem.name}: {problem.message}" for problem in problems)


def test_parameters_that_fit_have_no_problem():
    assert misfits(time_steps=30, batch_size=32) == ""


@pytest.mark.parametrize(
    ("target", "longest"), [("level", 99), ("difference", 98), ("log_return", 98)]
)
def test_a_window_must_leave_a_row_of_the_train_part_to_predict(target, longest):
    assert misfits(time_steps=longest, batch_size=1, target=target) == ""
    assert misfits(time_steps=longest + 1, batch_size=1, target=target) == (
        f"time_steps: Windows of {longest + 1} rows do not fit into a train part of 100 rows."
    )


def test_a_batch_cannot_be_larger_than_the_number_of_windows():
    assert misfits(time_steps=60, batch_size=40) == ""
    assert misfits(time_steps=60, batch_size=41) == (
        "batch_size: A batch of 41 is more than the 40 windows of 60 rows in the train part."
    )


def test_a_stateful_network_needs_a_whole_batch_in_the_validation_part():
    assert misfits(time_steps=10, batch_size=21) == ""
    assert misfits(time_steps=10, batch_size=20, stateful=True) == ""
    assert "the validation part has 20 rows" in misfits(time_steps=10, batch_size=21, stateful=True)


def test_a_network_that_would_need_all_memory_is_refused():
    moderate = {"units_1": 256, "batch_size": 64, "time_steps": 60}
    large = {"units_1": 1024, "recurrent_layers": 2, "units_2": 1024}
    long = {"batch_size": 512, "time_steps": 200}

    assert misfits(train=5000, validation=500, **moderate) == ""
    assert "the limit is 4 GB" in misfits(train=5000, validation=500, **large, **long)


def problems_with(data: DataFacts, **parameters: Any) -> dict[str, str]:
    completed = with_defaults({"batch_size": 1, **parameters})
    return {problem.name: problem.message for problem in fit_problems(completed, 100, 20, data)}


def test_inputs_that_a_dataset_does_not_have_are_refused_at_their_fields():
    numbered = DataFacts(season_lengths=(), cycles=())
    parameters = {"calendar": "cyclic", "season_lags": "season"}

    problems = problems_with(numbered, **parameters)

    assert set(problems) == {"calendar", "season_lags"}
    assert "has no season" in problems["season_lags"]
    assert "tell no hour" in problems["calendar"]
    monthly = DataFacts(season_lengths=(12,), cycles=(Cycle.YEAR,))
    assert problems_with(monthly, **parameters) == {}


def test_the_rows_before_a_season_cost_windows():
    data = DataFacts(season_lengths=(7.0, 60.0))

    fitting = problems_with(data, season_lags="season", time_steps=40)
    too_long = problems_with(data, season_lags="season", time_steps=41)

    assert fitting == {}
    assert "beside a season of 60 rows before them" in too_long["time_steps"]
