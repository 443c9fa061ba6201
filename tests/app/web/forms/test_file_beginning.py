"""How a file begins is shown without long lines, and not of a binary file."""

from app.web.forms.file_beginning import MAX_SHOWN_LINE_LENGTH, MAX_SHOWN_LINES, first_lines


def test_a_few_lines_are_shown_and_long_ones_are_cut():
    lines = first_lines(b"a,b\n" + b"x" * 1000 + b"\n" * 50, "utf-8")

    assert len(lines) == MAX_SHOWN_LINES
    assert lines[0] == "a,b"
    assert len(lines[1]) == MAX_SHOWN_LINE_LENGTH
    assert first_lines(b"\x00\x01\x02", "utf-8") == []
