"""Each fault changes what the code does, and nothing else."""

import pytest

from tests.mutation.__main__ import wilson_interval
from tests.mutation.modules import ROOT, find_modules, find_tests
from tests.mutation.operators import compile_mutant, find_mutants


def outcomes(source, name="result"):
    """What each mutant of a source leaves under a name, by description."""
    values = {}
    for mutant in find_mutants(source):
        namespace = {}
        try:
            exec(compile_mutant(source, "source.py", mutant), namespace)
            values[mutant.description] = namespace[name]
        except Exception as error:
            values[mutant.description] = type(error).__name__
    return values


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = 3\nresult = a < 4", {"3 is 4": False, "4 is 5": True, "Lt is LtE": True}),
        ("result = True and False", {"and and or exchanged": True}),
        ("a = []\nresult = not a", {"a negation left out": False}),
        ("a = '7'\nresult = a + a", {"another operator than Add": "TypeError"}),
        ("def f():\n    return 'x'\nresult = f()", {"None returned": None}),
        ("result = []\nresult.append('x')", {"not called: result.append": []}),
        ("result = 'a'\nresult += 'b'", {"left out: result += 'b'": "a"}),
        ("result = {}\nresult['a'] = 'b'", {"left out: result['a'] = 'b'": {}}),
        ("result = dict(a='b')", {"without a=": {}}),
        ("result = 'a' if 'b' else 'c'", {"a condition negated": "c"}),
    ],
)
def test_a_fault_changes_the_result(source, expected):
    values = outcomes(source)

    assert {name: values[name] for name in expected} == expected


def test_a_condition_of_a_query_is_left_out_where_others_remain():
    source = "def where(*conditions):\n    return conditions\nresult = where('a', 'b')"

    values = outcomes(source)

    assert values["without the condition 'a'"] == ("b",)
    assert values["without the condition 'b'"] == ("a",)


def test_annotations_decorators_and_texts_are_left_alone():
    source = 'x: "int | None" = None\n@property\ndef f(a: 1 + 1) -> 2 + 2:\n    """1 < 2"""\n'

    assert find_mutants(source) == []


def test_a_module_is_tested_by_its_mirrored_file_first():
    tests = find_tests("app/queue/claims.py")

    assert tests[0] == "tests/app/queue/test_claims.py"
    assert "tests/worker/runs/test_runner.py" in tests
    assert len(tests) == len(set(tests))
    assert "app/queue/claims.py" in find_modules([])


def test_a_module_without_tests_of_its_own_is_tested_by_its_neighbours():
    tests = find_tests("worker/runs/bundling.py")

    assert "tests/worker/runs/test_runner.py" in tests
    assert all((ROOT / test).exists() for test in tests)


def test_the_interval_of_a_share_holds_for_small_samples():
    low, high = wilson_interval(9, 10)

    assert low == pytest.approx(0.596, abs=0.001)
    assert high == pytest.approx(0.982, abs=0.001)
