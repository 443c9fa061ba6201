"""The slots' own file tells what was trained twice, at once, or not at all."""

import pytest

from tests.faults.witness import (
    RepeatedWork,
    find_broken_orders,
    find_repeated_work,
    longest_epoch_seconds,
    read_runs,
    write_epoch,
)


@pytest.fixture
def train(tmp_path):
    """Writes epochs of a run, and returns the file."""
    path = tmp_path / "witness.txt"

    def write(token, *numbers, training=1, seconds=0.1):
        for number in numbers:
            write_epoch(str(path), training, token, number, seconds)
        return path

    return write


def test_a_run_from_the_last_checkpoint_repeats_what_came_after_it(train):
    train("a", 1, 2, 3, 4, 5)
    path = train("b", 4, 5, 6)

    repeated = find_repeated_work(read_runs(path))

    assert repeated == [RepeatedWork(training=1, epochs=2, seconds=pytest.approx(0.2))]


def test_a_run_that_begins_again_repeats_all_of_the_run_before_it_alone(train):
    train("a", 1, 2, 3)
    train("b", 1, 2)
    path = train("c", 1, 2, 3)

    repeated = find_repeated_work(read_runs(path))

    assert [work.epochs for work in repeated] == [3, 2]


def test_trainings_that_nobody_cut_short_repeat_nothing(train):
    train("a", 1, 2, training=1)
    path = train("b", 1, 2, training=2)

    runs = read_runs(path)

    assert find_repeated_work(runs) == []
    assert find_broken_orders(runs) == []


def test_the_longest_epoch_is_found_in_any_run(train):
    train("a", 1, 2)
    path = train("b", 1, training=2, seconds=0.7)

    assert longest_epoch_seconds(read_runs(path)) == 0.7


def test_two_slots_on_one_training_are_noticed(train):
    train("a", 1, 2)
    train("b", 1)
    path = train("a", 3)

    assert find_broken_orders(read_runs(path)) == ["two slots trained training 1 at once"]


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        ((2, 3), (4,), "training 1 does not begin with epoch 1"),
        ((1, 3), (4,), "a run of training 1 trained the epochs [1, 3]"),
        ((1, 2), (4,), "training 1 leaves out epoch 3"),
    ],
)
def test_epochs_that_are_left_out_are_noticed(train, first, second, problem):
    train("a", *first)
    path = train("b", *second)

    assert find_broken_orders(read_runs(path)) == [problem]
