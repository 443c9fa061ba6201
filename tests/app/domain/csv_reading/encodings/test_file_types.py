"""A file that is no CSV is called by its name, with what to do about it."""

import gzip
import io
import zipfile

import pytest

from app.domain.csv_reading.encodings.encoding import detect_encoding
from app.domain.csv_reading.encodings.file_types import find_file_type
from app.domain.csv_reading.series import SeriesError


def archive_of(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"x" * 200)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "advice"),
    [
        (archive_of("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook", "as CSV"),
        (archive_of("prices.csv"), "archive", "unpack"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "old Excel workbook", "as CSV"),
        (gzip.compress(b"Date,Close\n", mtime=0), "compressed with gzip", "unpack"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF", "spreadsheet"),
        (b"PAR1\x15\x04\x15", "a Parquet file", "read_parquet"),
        (b"SQLite format 3\x00", "an SQLite database", "export"),
        (b"\x89PNG\r\n\x1a\n\x00", "a picture (PNG)", "numbers"),
        (b"\n  <!DOCTYPE html>\n<html>", "a web page", "login"),
        (b"<HTML><body>Log in", "a web page", "login"),
        (b'<?xml version="1.0"?>', "an XML document", "export"),
        (b'{"prices": [[1, 2]]}', "a JSON document", "read_json"),
        (b'\xef\xbb\xbf[\n  {\n "date": "2020-01-01"}]', "a JSON document", "read_json"),
        (b'{"t": 1, "v": 2}\n{"t": 2, "v": 3}\n', "a JSON document", "read_json"),
    ],
)
def test_other_files_are_refused_by_name_with_advice(content, name, advice):
    with pytest.raises(SeriesError) as caught:
        detect_encoding(content)

    assert name in str(caught.value)
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"Date,Close\n2020-01-01,1\n",
        b"[Header]\nDate,Close\n2020-01-01,1\n",
        b"{Station 5}\nDate,Close\n",
        b"Rank,Value\n1,2\n",
        b"PAR1,PAR2\n1,2\n",
        b"BZH,ARROW1\n1,2\n",
    ],
)
def test_a_csv_is_none_of_them(content):
    assert find_file_type(content) is None
