"""Quotation marks in the ways exporters get them wrong."""

import pytest

from app.domain.csv_reading.layout.quoting import unify_quotes


@pytest.mark.parametrize(
    ("text", "unified"),
    [
        ('"Date,Close"\n"2021-01-04,1.5"\n', "Date,Close\n2021-01-04,1.5\n"),
        (
            'Date,Close\n"2021-01-04,1.5"\n"2021-01-05,1.5"',
            "Date,Close\n2021-01-04,1.5\n2021-01-05,1.5",
        ),
        ('"Date,""Close"""\n"2021-01-04,""1,5"""', 'Date,"Close"\n2021-01-04,"1,5"'),
        ('"Date;Close";\n"2021-01-04;1,5";', "Date;Close\n2021-01-04;1,5"),
        ("'Date','Close'\n'2021-01-04','1,234.5'", '"Date","Close"\n"2021-01-04","1,234.5"'),
        ('""Date"",""Close""\n""2021-01-04"",""1,5""', '"Date","Close"\n"2021-01-04","1,5"'),
        ('="2021-01-04",="5"\n="2021-01-05",="6"', '"2021-01-04","5"\n"2021-01-05","6"'),
        ("\u201cDate\u201d,\u201cClose\u201d\n\u201e2021\u201c,5", '"Date","Close"\n"2021",5'),
        ('"""Date""","""Close"""\n"""2021""","""5"""', '"Date","Close"\n"2021","5"'),
    ],
)
def test_other_ways_of_quoting_become_the_usual_one(text, unified):
    assert unify_quotes(text) == unified


@pytest.mark.parametrize(
    "text",
    [
        '"Date","Close"\n"2021-01-04","1,5"\n',
        '"2021-01-04",""\n"2021-01-05",""\n',
        '"","",""\n"","",""\n',
        "Date,Close\n2021-01-04,1'234.5\n2021-01-05,1'235.5\n",
        "Date;Name\n2021-01-04;O'Neill\n2021-01-05;'t Hooft\n",
        'Date,Note\n2021-01-04,"a, b"\n',
        '"one cell"\n"another"\n',
        '"a ""b"" c",1\n"d ""e"" f",2\n',
        "",
    ],
)
def test_the_usual_quotes_stay(text):
    assert unify_quotes(text) == text
