"""Ticked trials are read from an address, however it was written."""

from app.web.views.picked_trials import parse_picked


def test_ticked_trials_are_read_up_to_as_many_as_are_compared():
    picked = parse_picked("3,7,x,3")
    too_many = parse_picked("1,2,3,4,5,6,7")

    assert picked.numbers == (3, 7)
    assert not picked.is_full
    assert picked.text_without([7, 8]) == "3"
    assert too_many.numbers == (1, 2, 3, 4, 5, 6)
    assert too_many.is_full
