"""Notebooks that were exported as programs."""

import ast

import pytest

from app.domain.literals.notebooks import parse_notebook

NOTEBOOK = """
In [1]: import numpy as np
!pip install -q hyperopt
%matplotlib inline
files = !ls data
try:
    import talos
except ImportError:
    !pip install talos
%time x = 3
%%time
Out[1]: 3
>>> y = x % 2
# %%
In [ ]:
text = '''
100 %
'''
"""


def test_commands_and_prompts_are_left_out_and_every_statement_keeps_its_line():
    tree = parse_notebook(NOTEBOOK)

    lines = {ast.unparse(statement): statement.lineno for statement in tree.body}
    assert lines["import numpy as np"] == 2
    assert lines["x = 3"] == 10
    assert lines["y = x % 2"] == 13
    assert lines["text = '\\n100 %\\n'"] == 16


def test_a_program_is_left_as_it_is():
    source = "x = '''\n%matplotlib\n!ls\n'''\n"

    (statement,) = parse_notebook(source).body

    assert statement.value.value == "\n%matplotlib\n!ls\n"


@pytest.mark.parametrize("source", ["x = (", "!ls\nx = )"])
def test_what_is_no_python_either_way_is_refused(source):
    with pytest.raises(SyntaxError):
        parse_notebook(source)
