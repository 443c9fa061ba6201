"""Every table of every template has a caption, and each of its cells a head that names it."""

import re
from pathlib import Path

import pytest

TEMPLATES = sorted(path for path in Path("templates").rglob("*.html") if "<t" in path.read_text())
SCOPE = re.compile(r'scope="(row|col|rowgroup|colgroup)"')
ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_tables_have_captions_and_heads_of_rows_and_columns(path):
    text = path.read_text()

    heads = re.findall(r"<th\b[^>]*>", text)
    rows = [row for row in ROW.findall(text) if "<td" in row and 'class="gap"' not in row]

    assert text.count("<table") == len(re.findall(r"<table[^>]*>\s*<caption", text))
    assert [head for head in heads if not SCOPE.search(head)] == []
    assert [row for row in rows if not SCOPE.search(row)] == []
