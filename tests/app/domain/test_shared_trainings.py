"""Combinations of a grid are grouped by the training they share."""

from app.domain.search_space.space import SearchSpace
from app.domain.shared_trainings import group_by_training

SPACE = SearchSpace.parse({"units_1": {"choice": [8, 16]}, "epochs": {"choice": [10, 30, 20]}})


def test_combinations_that_differ_only_in_epochs_share_a_group_with_the_most_epochs_first():
    groups = group_by_training(SPACE, limit=100)

    assert [[row["epochs"] for row in group] for group in groups] == [[30, 20, 10], [30, 20, 10]]
    assert [{row["units_1"] for row in group} for group in groups] == [{8}, {16}]


def test_only_so_many_combinations_are_grouped():
    groups = group_by_training(SPACE, limit=4)

    assert sum(len(group) for group in groups) == 4
