"""Where a trial stops reading its training, and which epoch is its best."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.runs.early_stopping import best_epoch, end_epoch

VALUES = st.lists(st.one_of(st.none(), st.floats(0, 10)), max_size=40)


def test_the_best_epoch_is_the_first_of_equals():
    assert best_epoch([0.5, 0.2, None, 0.2]) == 2


def test_there_is_no_best_epoch_without_a_number():
    assert best_epoch([None, None]) is None


def test_without_patience_a_trial_ends_at_its_epochs():
    assert end_epoch([5.0, 6.0, 7.0], epochs=3, patience=0) == 3


def test_a_trial_is_undecided_while_epochs_are_missing():
    assert end_epoch([5.0, 4.0], epochs=3, patience=2) is None


def test_patience_ends_a_trial_after_so_many_epochs_without_a_new_best():
    assert end_epoch([5.0, 4.0, 4.5, 4.2, 3.0], epochs=5, patience=2) == 4


def test_an_equal_value_is_no_improvement():
    assert end_epoch([5.0, 5.0, 5.0, 1.0], epochs=4, patience=2) == 3


def test_a_new_best_starts_the_wait_anew():
    assert end_epoch([5.0, 6.0, 4.0, 6.0, 3.0, 6.0], epochs=6, patience=2) == 6


@given(VALUES, st.integers(1, 40), st.integers(0, 10))
def test_later_epochs_never_change_where_a_trial_ended(values, epochs, patience):
    end = end_epoch(values, epochs, patience)
    if end is not None:
        assert end_epoch([*values, 0.0], epochs, patience) == end
        assert end <= epochs


@pytest.mark.parametrize("shorter", [1, 2, 5])
def test_a_shorter_trial_reads_a_prefix_of_a_longer_one(shorter):
    values = [5.0, 3.0, 4.0, 2.0, 6.0, 1.0]
    assert end_epoch(values, shorter, 0) == shorter
    assert best_epoch(values[:shorter]) == min(
        range(1, shorter + 1), key=lambda number: values[number - 1]
    )


def test_an_epoch_without_a_number_is_one_without_a_new_best():
    assert end_epoch([None, None, 1.0], epochs=3, patience=2) == 2
