"""A series is split into three chronological parts."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.split import Split
from app.domain.terms import Part


def test_the_usual_split_is_80_10_10_in_time_order():
    assert Split().parts(14058) == {
        Part.TRAIN: range(11246),
        Part.VALIDATION: range(11246, 12652),
        Part.TEST: range(12652, 14058),
    }


@given(st.integers(10, 5000), st.floats(0.1, 0.8), st.floats(0.1, 0.9))
def test_the_parts_follow_each_other_and_leave_nothing_out(rows, train, fraction_of_rest):
    rest = 1 - train
    split = Split(train, rest * fraction_of_rest, rest * (1 - fraction_of_rest))

    parts = split.parts(rows)

    assert parts[Part.TRAIN].start == 0
    assert parts[Part.TRAIN].stop == parts[Part.VALIDATION].start
    assert parts[Part.VALIDATION].stop == parts[Part.TEST].start
    assert parts[Part.TEST].stop == rows
