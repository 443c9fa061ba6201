"""A search space that has been tried completely, and one that has not."""

import pytest

from app.services import combinations
from app.services.overviews import build
from tests import factories


@pytest.mark.parametrize(
    ("strategy", "numbers", "are_all_tried"),
    [("random", (1, 2), False), ("random", (1, 2, 3), True), ("hyperopt-tpe", (1, 2, 3), False)],
)
def test_a_space_of_three_is_tried_by_three_trials(database, strategy, numbers, are_all_tried):
    with database.write() as session:
        made = factories.experiment(session, strategy=strategy)
        for number in numbers:
            factories.completed_trial(session, made, number, units_1=number + 1)

        overview = build(session, made)

        assert combinations.are_all_tried(made, overview.counts) == are_all_tried
