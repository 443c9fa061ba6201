"""From the bytes of a file to its text."""

import pytest

from app.domain.csv_reading.encodings.encoding import decode_text, detect_encoding
from app.domain.csv_reading.series import SeriesError

ROWS = [f"2020-01-{day:02d},{day},{day}.5" for day in range(1, 31)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_encodings_are_detected(encoding):
    content = ("Datum,Größe\n" + "\n".join(ROWS)).encode(encoding)

    detected = detect_encoding(content)

    assert detected == encoding
    assert decode_text(content, detected).startswith("Datum,Größe\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n \r\n", "empty"),
        (b"PK\x03\x04 an .xlsx", "workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b"a,b\n1,\x002\n", "line 2 contains a NUL"),
        ("é,b\n1,2\n3,\x0b\x0b".encode(), "Line 3 of this file"),
        (b"\x89XYZ\r\n\x1a\n" + bytes(range(1, 32)) * 9, "Line 1 of this file is not text"),
    ],
)
def test_a_file_that_is_not_text_is_refused_and_named_for_what_it_is(content, words):
    with pytest.raises(SeriesError) as caught:
        detect_encoding(content)

    assert caught.value.problems[0].field == "file"
    assert words in str(caught.value)


def test_an_encoding_that_does_not_fit_is_refused_at_its_field():
    with pytest.raises(SeriesError) as caught:
        decode_text("Größe".encode("cp1252"), "utf-8")

    assert caught.value.problems[0].field == "encoding"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_ending_becomes_a_line_feed(line_end):
    content = line_end.join(ROWS).encode()

    text = decode_text(content, "utf-8")

    assert text.split("\n") == ROWS


def test_marks_of_joined_files_and_the_end_of_a_file_of_dos_are_no_text():
    content = "\ufeff\ufeffa,b\n1,2\n\ufeff3,4\n\x1a".encode()

    assert decode_text(content, "utf-8") == "a,b\n1,2\n3,4\n"


def test_a_few_bytes_that_are_no_characters_do_not_refuse_a_file():
    content = "Größe über Köln für Männer, Übergrößen;\n".encode() + b"K\xf6ln\n"

    assert detect_encoding(content) == "utf-8"
    assert decode_text(content, "utf-8").endswith("K\ufffdln\n")
