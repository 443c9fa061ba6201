"""Lines are found by their number."""

from app.domain.csv_reading.encodings.file_lines import MAX_SHOWN_CHARACTERS, FileLines


def test_lines_are_found_by_number_from_the_first_to_the_unfinished_last():
    lines = FileLines("erste\n\nDrück\nletzte")

    assert lines.select([1, 2, 3, 4]) == [(1, "erste"), (2, ""), (3, "Drück"), (4, "letzte")]


def test_a_line_that_is_not_there_is_empty():
    lines = FileLines("a\n")

    assert lines.select([0, 2, 99]) == [(0, ""), (2, ""), (99, "")]


def test_a_long_line_is_shortened():
    lines = FileLines("x" * 10_000)

    assert lines.select([1]) == [(1, "x" * MAX_SHOWN_CHARACTERS)]
