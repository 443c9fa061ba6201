"""Results pasted as CSV: what is read, what does not count, and what is refused at which line and column."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.search_space.parameters import complete
from app.domain.search_space.space import SearchSpace
from app.domain.warm_start import MOST_LINES, outside, read_pasted

SPACE = SearchSpace.parse(
    {
        "recurrent_layers": {"choice": [1, 2]},
        "units_1": {"integer": [8, 64]},
        "units_2": {"integer": [8, 32]},
        "learning_rate": {"loguniform": [1e-4, 1e-1]},
        "epochs": 30,
    }
)
HEADING = "recurrent_layers,units_1,units_2,learning_rate,objective\n"


def pasted(lines, heading=HEADING, **options):
    return read_pasted(heading + lines, SPACE, **options)


def refused(lines, heading=HEADING):
    found = pasted(lines, heading)
    assert found.problems
    return " ".join(found.problems)


def test_a_line_is_a_result_with_what_is_fixed_filled_in():
    found = pasted("2,32,16,0.01,3.5\n")
    (result,) = found.results
    assert result.parameters == complete(
        {"recurrent_layers": 2, "units_1": 32, "units_2": 16, "learning_rate": 0.01, "epochs": 30}
    )
    assert (result.objective, found.ignored, found.problems) == (3.5, 0, ())


def test_what_plays_no_part_may_be_empty():
    (result,) = pasted("1,32,,0.01,3.5\n").results
    assert "units_2" not in result.parameters


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spreadsheets_separate_as_they_like(separator, end):
    text = "\ufeffunits_1,recurrent_layers , learning_rate,objective\n\n32,1,0.01,3.5\n40,1,0.02,3.25\n"
    found = read_pasted(text.replace(",", separator).replace("\n", end), SPACE)
    assert [result.objective for result in found.results] == [3.5, 3.25]


def test_lines_outside_the_space_or_without_an_objective_are_counted_and_not_kept():
    found = pasted("1,128,,0.01,3.5\n1,32,,0.01,\n1,32,,0.5,3\n1,33,,0.01,3\n")
    assert [result.parameters["units_1"] for result in found.results] == [33]
    assert found.ignored == 3


def test_another_value_of_what_is_fixed_lies_outside():
    found = pasted(
        "30,1,32,0.01,3\n70,1,32,0.01,2\n",
        "epochs,recurrent_layers,units_1,learning_rate,objective\n",
    )
    assert ([result.objective for result in found.results], found.ignored) == ([3.0], 1)


def test_the_export_of_a_table_of_trials_can_be_pasted_as_it_is():
    heading = "number,state,objective,test_rmse,recurrent_layers,units_1,learning_rate,error\n"
    found = pasted(
        '1,completed,3.5,4,1,32,0.01,\n2,failed,,,1,16,0.01,"Out of memory, alas"\n',
        heading,
        passed_over={"number", "state", "test_rmse", "error"},
    )
    assert (len(found.results), found.ignored, found.problems) == (1, 1, ())


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("1,many,,0.01,3.5", 'Line 2, column "units_1": units_1 is a number, not "many".'),
        ("1,32,,0.01,3.5\n\n1,32,,0.01,low", 'Line 4, column "objective": "low" is not a number.'),
        ("1,32,,0.01,inf", 'Line 2, column "objective": "inf" is not a number.'),
        ("1,32.5,,0.01,1", 'Line 2, column "units_1": units_1 is a whole number'),
        ("1,32,,0,1", 'Line 2, column "learning_rate": learning_rate must be greater than 0'),
        (
            "2,32,,0.01,1",
            'Line 2, column "units_2": a value is needed, because this search varies it.',
        ),
        ("1,32,,1", "Line 2 has 4 cells, and the heading has 5."),
        ("1,32,,0,01,1", "Line 2 has 6 cells, and the heading has 5."),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line_and_column(lines, words):
    assert words in refused(lines + "\n")


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("units_1,rmse\n", 'Line 1, column 2: "rmse" is neither a hyperparameter nor "objective".'),
        ("units_1,rmse\n", 'Line 1: there is no column "objective".'),
        ("units_1,units_1,objective\n", 'Line 1, column 2: "units_1" is there twice.'),
        ("", "is neither a hyperparameter"),
    ],
)
def test_a_heading_that_names_something_else_is_refused(heading, words):
    assert words in refused("1,2,3\n1,2,3\n", heading)


def test_problems_without_end_are_cut_short():
    found = pasted("1,x,,0.01,1\n" * 40)
    assert len(found.problems) == 6
    assert found.problems[-1] == "There are 35 more like these."


@pytest.mark.parametrize("text", ["", "   \n", HEADING, "objective\n"])
def test_nothing_but_a_heading_is_refused(text):
    assert "at least one line" in read_pasted(text, SPACE).problems[0]


def test_too_many_lines_are_refused():
    assert f"{MOST_LINES:,} are the most" in refused("1,32,,0.01,3\n" * (MOST_LINES + 1))


@pytest.mark.parametrize(
    "text", ['"', '"units_1,objective\n1,2', "units_1,state,objective\n8,\x00,1", "," * 200_000]
)
def test_any_text_gets_an_answer_in_words(text):
    assert read_pasted(text, SPACE).problems


def test_the_first_hyperparameter_that_lies_outside_is_named():
    inside = complete({"recurrent_layers": 1, "units_1": 32, "learning_rate": 0.01, "epochs": 30})
    assert outside(SPACE, inside) is None
    assert outside(SPACE, inside | {"epochs": 10}) == "epochs"
    assert outside(SPACE, inside | {"units_1": 100}) == "units_1"
    assert outside(SPACE, inside | {"batch_size": 7}) == "batch_size"
    assert outside(SPACE, inside | {"its_own": 7}) == "its_own"


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "1",
            "32",
            "0.01",
            "1e999",
            "-0",
            "nan",
            "true",
            "lstm",
            '"',
            "'",
            "\t",
            "\u0663",
            "1_0",
            "0x10",
        ]
    ),
    st.text(max_size=6),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELLS, min_size=5, max_size=5), min_size=1, max_size=4))
@example([["1", "\u0663\u0663", "", "0.01", "1"]])
def test_whatever_is_pasted_each_line_is_a_result_or_counted_or_refused(lines):
    found = pasted("\n".join(",".join(cells) for cells in lines))
    assert all(SPACE.contains(result.parameters) for result in found.results)
    assert found.problems or found.results or found.ignored
