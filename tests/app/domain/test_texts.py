"""A long text keeps its beginning and its end, and a strange one cannot steer a terminal."""

import pytest

from app.domain.texts import MAX_TEXT_BYTES, join_words, make_printable, read_count, shorten


def test_a_text_within_the_limit_stays_as_it_is():
    text = "ö" * (MAX_TEXT_BYTES // 2)

    assert shorten(text) == text


def test_a_lower_limit_may_be_set():
    assert shorten("x" * 1_001, 1_000) == "x" * 470 + " … 61 characters left out … " + "x" * 470


def test_the_middle_is_left_out_and_counted():
    text = "begins" + "x" * 20_000_000 + "ends"

    short = shorten(text)

    assert short.startswith("beginsxxx")
    assert short.endswith("xxxends")
    assert " … 19,980,070 characters left out … " in short
    assert len(short) <= MAX_TEXT_BYTES


@pytest.mark.parametrize("character", ["x", "ö", "…", "𝄞", "\ud800"])
def test_the_limit_is_one_of_bytes_whatever_they_spell(character):
    short = shorten(character * 50_000)

    size = len(short.encode())
    assert MAX_TEXT_BYTES - 200 < size <= MAX_TEXT_BYTES


@pytest.mark.parametrize("length", [MAX_TEXT_BYTES + 1, 10**6, 10**7])
def test_a_shortened_text_is_not_shortened_again(length):
    short = shorten("x" * length)

    assert shorten(short) == short


def test_what_would_steer_a_terminal_is_shown_as_an_escape():
    assert make_printable("a\x1b[2Jb\u202ec") == "a\\x1b[2Jb\\u202ec"


def test_words_are_joined_as_in_a_sentence():
    assert join_words(["a", "b", "c"]) == "a, b and c"
    assert join_words(["a"]) == "a"


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("٣", 3), ("", None), ("-1", None), ("1.0", None), ("2²", None)],
)
def test_a_count_is_read_from_decimal_digits_alone(text, number):
    assert read_count(text) == number


def test_a_count_of_absurdly_many_digits_is_none():
    assert read_count("9" * 5000) is None
