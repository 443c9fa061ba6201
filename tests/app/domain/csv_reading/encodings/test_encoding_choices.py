"""What is said about the encoding of a file that does not name it."""

import pytest

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.table import read_table

ROWS = "".join(f"2020-01-{day:02d};{day};{day}.5\n" for day in range(1, 31))


def encoding_findings(content, settled=None):
    table = read_table(content, detect_dialect(content, settled))
    return [finding for finding in table.findings if finding.field == "encoding"]


def test_another_encoding_that_makes_sense_is_offered_with_the_header_it_gives():
    content = f"Teplota;Průtok;Tlak\n{ROWS}".encode("cp1250")

    finding = encoding_findings(content)[0]

    choices = {choice.value: choice.label for choice in finding.choices}
    assert finding.choices[0].value == "cp1252"
    assert choices["cp1252"] == "Teplota;Prùtok;Tlak"
    assert choices["cp1250"] == "Teplota;Průtok;Tlak"


def test_the_encoding_that_was_settled_comes_first():
    content = f"Teplota;Průtok;Tlak\n{ROWS}".encode("cp1250")

    finding = encoding_findings(content, {"encoding": "cp1250"})[0]

    assert finding.choices[0].value == "cp1250"
    assert '"Teplota;Průtok;Tlak"' in finding.message


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("Datum;Größe;Höhe", "utf-8"),
        ("Datum;Größe;Höhe", "cp1252"),
        ("日付;終値;始値", "cp932"),
        ("Дата;Цена;Объём", "cp1251"),
        ("Date;Open;Close", "cp1252"),
        ("Datum;Größe;Höhe", "utf-16"),
    ],
)
def test_nothing_is_said_where_known_words_decide(header, encoding):
    assert encoding_findings(f"{header}\n{ROWS}".encode(encoding)) == []


def test_bytes_that_are_no_characters_are_said_with_their_line():
    header = "Datum;Größe;Höhe über Köln für Männer, Übergrößen, Grün".encode()
    content = header + b"\n" + ROWS.encode() + b"K\xf6ln\n"

    finding = encoding_findings(content)[0]

    assert "no characters of utf-8" in finding.message
    assert finding.lines == (32,)
    assert read_table(content, detect_dialect(content)).columns[1] == "Größe"


def test_a_file_of_which_every_byte_is_odd_is_asked_about():
    content = f"a;b;c\n{ROWS}".encode() + b"2020-02-01;\x81\x8d;5\n"

    findings = encoding_findings(content)

    assert findings[0].field == "encoding"
