"""The trials of an experiment as CSV."""

import csv
import io

import pytest

from app.db.models import Trial
from app.web.views.trial_csv import write_csv
from tests.clock import now


def test_a_csv_line_keeps_numbers_and_quotes_what_a_spreadsheet_would_run():
    trial = Trial(
        number=1,
        state="failed",
        objective=-0.5,
        parameters={"cell": "lstm"},
        error="=1+1\nnext, line",
        is_starred=True,
        notes="a note",
    )
    trial.tag_text = "a b"

    texts = list(write_csv([[trial], [trial]], ("objective", "cell", "units_3"), now()))

    header = "number,state,objective,cell,units_3,error,is_starred,tags,notes\r\n"
    line = '1,failed,-0.5,lstm,,"\'=1+1\nnext, line",True,a b,a note\r\n'
    assert texts == [header + line, line]


@pytest.mark.parametrize("start", [*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_text_of_an_export_begins_as_a_formula(start):
    trial = Trial(
        number=1, state="failed", error=f"{start}HYPERLINK(1)", parameters={"cell": f"{start}1"}
    )

    trial.tag_text = ""

    text = "".join(write_csv([[trial]], ("cell",), now()))

    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1][:4] == ["1", "failed", f"'{start}1", f"'{start}HYPERLINK(1)"]
