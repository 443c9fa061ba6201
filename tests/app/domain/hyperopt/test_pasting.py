"""Code is read as it is copied from notebooks, consoles and out of programs."""

import pytest

from app.domain.hyperopt.import_code import HyperoptError, parse_hyperopt_code
from app.domain.hyperopt.pasting import clean_pasted

UNITS = "'units': hp.choice('units', [8, 16])"


@pytest.mark.parametrize(
    "code",
    [
        f"    space = {{\n        {UNITS},\n    }}",
        f">>> from hyperopt import hp\n>>> space = {{\n...     {UNITS}}}\n>>>",
        f"%matplotlib inline\n!pip install hyperopt\nspace = {{{UNITS}}}",
        f"{UNITS},",
        f"    {UNITS},  # as in the paper\n",
        f"\ufeffspace = {{{UNITS}}}",
        f"space = {{\r\n{UNITS}\r\n}}",
    ],
)
def test_pasted_code_is_read_without_what_surrounds_it(code: str) -> None:
    assert parse_hyperopt_code(code).document() == {"units_1": {"choice": [8, 16]}}


@pytest.mark.parametrize("code", ["x = 1", "if x:\n  y = '''\n>>> 3\n'''", "", "space = {", "%"])
def test_python_and_what_does_not_become_python_is_left_as_it_is(code: str) -> None:
    assert clean_pasted(code) in (code, "")


def test_errors_name_the_line_of_the_pasted_code() -> None:
    code = "%time\n>>> space = {\n...   'unitz': 3}"

    with pytest.raises(HyperoptError, match=r'^Line 3, .*"unitz"'):
        parse_hyperopt_code(code)
