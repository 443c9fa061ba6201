"""A horizon that a part is too short for is refused at its field, with the longest that fits."""

import pytest

from app.domain.split import Split
from app.errors import Invalid
from app.services.part_sizes import find_part_problems
from tests import factories


@pytest.mark.parametrize(
    ("horizon", "parts"), [(10, []), (11, ["test"]), (13, ["validation", "test"])]
)
def test_each_part_that_is_shorter_than_the_horizon_is_named(horizon, parts):
    split = Split(0.78, 0.12, 0.10).parts(100)

    problems = find_part_problems(split, horizon)

    assert {problem.loc for problem in problems} <= {("horizon",)}
    assert [problem.message.split(" part")[0].split()[-1] for problem in problems] == parts
    for problem in problems:
        assert "at most, or change the split" in problem.message


def test_windows_and_the_rows_after_them_have_to_fit_into_the_train_part(database):
    with database.write() as session:
        dataset = factories.dataset(session, rows=100)
        split = {"train": 0.4, "validation": 0.3, "test": 0.3}
        space = {**factories.TINY, "time_steps": 20, "batch_size": 1, "target": "level"}
        factories.experiment(session, split=split, space=space, horizon=20)

        with pytest.raises(Invalid) as error:
            factories.experiment(session, split=split, space=space, horizon=21)

    (problem,) = error.value.problems
    assert dataset.rows == 100
    assert problem.loc == ("space", "time_steps")
    assert "Windows of 20 rows do not fit into a train part of 40 rows" in problem.message
    assert "with 21 rows to forecast after each" in problem.message
