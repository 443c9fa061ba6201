"""Files that are no CSV: what they are, by how they begin, and what to do about each."""

from typing import NamedTuple

SAVE_AS_CSV = "save the table as CSV first"
UNPACK = "unpack it and send the CSV inside"
EXPORT = "export the table as CSV with the program that wrote it"
ZIP_PARTS = {  # names of files inside a zip archive
    b"xl/": ("an Excel workbook", "open it and save the sheet with the series as CSV (UTF-8)"),
    b"word/": ("a Word document", "copy its table into a spreadsheet and save that as CSV"),
    b"opendocument.spreadsheet": (
        "an OpenDocument spreadsheet",
        "open it and save the sheet with the series as CSV",
    ),
    b"index.apxl": ("a Keynote or Numbers document", SAVE_AS_CSV),
    b".npy": ("an archive of NumPy arrays", "save the array with numpy.savetxt, as a CSV"),
}
ZIP_SAMPLE_BYTES = 100_000


class FileType(NamedTuple):
    """What a file is, after "This is", and what to do about it."""

    name: str
    advice: str


SIGNATURES = {  # how the content begins, in lower case; no word that a header may begin with
    b"\xd0\xcf\x11\xe0": FileType("an old Excel workbook (.xls)", "save its sheet as CSV"),
    b"\x1f\x8b": FileType("a file compressed with gzip", UNPACK),
    b"bzh91ay&sy": FileType("a file compressed with bzip2", UNPACK),
    b"\xfd7zxz": FileType("a file compressed with xz", UNPACK),
    b"\x28\xb5\x2f\xfd": FileType("a file compressed with zstd", UNPACK),
    b"7z\xbc\xaf": FileType("a 7z archive", UNPACK),
    b"rar!": FileType("a RAR archive", UNPACK),
    b"%pdf": FileType("a PDF", "look for the same table as a CSV, or copy it into a spreadsheet"),
    b"par1\x15": FileType(
        "a Parquet file", "read it with pandas.read_parquet and save it by to_csv"
    ),
    b"arrow1\x00": FileType(
        "a Feather file", "read it with pandas.read_feather and save it by to_csv"
    ),
    b"obj\x01": FileType("an Avro file", EXPORT),
    b"\x89hdf": FileType("an HDF5 or NetCDF file", EXPORT),
    b"cdf\x01": FileType("a NetCDF file", EXPORT),
    b"cdf\x02": FileType("a NetCDF file", EXPORT),
    b"sqlite format 3": FileType("an SQLite database", "export the table as CSV"),
    b"\x93numpy": FileType("a NumPy array", "save it with numpy.savetxt, as a CSV"),
    b"$fl2": FileType("an SPSS file", EXPORT),
    b"<stata_dta": FileType("a Stata file", EXPORT),
    b"\x89png": FileType("a binary file, a picture (PNG)", "send the numbers it was drawn from"),
    b"\xff\xd8\xff": FileType(
        "a binary file, a picture (JPEG)", "send the numbers it was drawn from"
    ),
    b"gif89a": FileType("a binary file, a picture (GIF)", "send the numbers it was drawn from"),
    b"{\\rtf": FileType("a text document (RTF)", SAVE_AS_CSV),
    b"<!doctype": FileType(
        "a web page", "the download link may need a login; save the CSV itself in a browser"
    ),
    b"<html": FileType(
        "a web page", "the download link may need a login; save the CSV itself in a browser"
    ),
    b"<?xml": FileType("an XML document", EXPORT),
}
JSON_STARTS = (b'{"', b'[{"', b"[[", b'["', b"{}", b"[]")
JSON = FileType(
    "a JSON document", "convert it to a CSV with one row for each date (pandas.read_json, to_csv)"
)


def find_file_type(content: bytes) -> FileType | None:
    """What a file that is no CSV is; None for one that may be a CSV."""
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"pk\x03\x04"):
        return _find_zip_type(content)
    for signature, file_type in SIGNATURES.items():
        if start.startswith(signature):
            return file_type
    without_spaces = b"".join(start.split())
    if without_spaces.startswith(JSON_STARTS):
        return JSON
    return None


def _find_zip_type(content: bytes) -> FileType:
    """What a zip archive is, by the names of the files in it, which stand at both of its ends."""
    sample = content[:ZIP_SAMPLE_BYTES] + content[-ZIP_SAMPLE_BYTES:]
    for part, (name, advice) in ZIP_PARTS.items():
        if part in sample:
            return FileType(name, advice)
    return FileType("a binary workbook or archive", UNPACK)
