"""Results pasted as CSV: what is read, what is ignored, and what is refused at which position."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.search_space.parameters import with_defaults
from app.domain.search_space.space import SearchSpace
from app.domain.terms import Objective
from app.domain.warm_start import (
    MAX_RESULTS,
    PastedResults,
    parse_pasted_results,
)

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


def parse(lines: str, heading: str = HEADING, **options) -> PastedResults:
    return parse_pasted_results(heading + lines, SPACE, **options)


def refusal(lines: str, heading: str = HEADING) -> str:
    pasted = parse(lines, heading)
    assert pasted.problems
    return " ".join(pasted.problems)


def test_a_line_is_a_result_with_fixed_values_filled_in():
    pasted = parse("2,32,16,0.01,3.5\n")

    (result,) = pasted.results
    assert result.parameters == with_defaults(
        {"recurrent_layers": 2, "units_1": 32, "units_2": 16, "learning_rate": 0.01, "epochs": 30}
    )
    assert result.objective == 3.5
    assert pasted.ignored == 0
    assert pasted.problems == ()


def test_the_value_of_an_inactive_hyperparameter_may_be_empty():
    (result,) = parse("1,32,,0.01,3.5\n").results

    assert "units_2" not in result.parameters


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_any_separator_and_line_end_of_a_spreadsheet_is_read(separator, line_end):
    heading = "\ufeffunits_1,recurrent_layers , learning_rate,objective\n\n"
    text = f"{heading}32,1,0.01,3.5\n40,1,0.02,3.25\n"

    pasted = parse_pasted_results(text.replace(",", separator).replace("\n", line_end), SPACE)

    assert [result.objective for result in pasted.results] == [3.5, 3.25]


def test_lines_outside_the_space_or_without_an_objective_are_ignored():
    pasted = parse("1,128,,0.01,3.5\n1,32,,0.01,\n1,32,,0.5,3\n1,33,,0.01,3\n")

    assert [result.parameters["units_1"] for result in pasted.results] == [33]
    assert pasted.ignored == 3


def test_another_value_than_the_fixed_one_is_outside():
    pasted = parse(
        "30,1,32,0.01,3\n70,1,32,0.01,2\n",
        "epochs,recurrent_layers,units_1,learning_rate,objective\n",
    )

    assert [result.objective for result in pasted.results] == [3.0]
    assert pasted.ignored == 1


def test_the_export_of_a_table_of_trials_can_be_pasted_as_it_is():
    heading = "number,state,objective,test_rmse,recurrent_layers,units_1,learning_rate,error\n"
    lines = '1,completed,3.5,4,1,32,0.01,\n2,failed,,,1,16,0.01,"Out of memory, alas"\n'

    pasted = parse(lines, heading, ignored_columns={"number", "state", "test_rmse", "error"})

    assert len(pasted.results) == 1
    assert pasted.ignored == 1
    assert pasted.problems == ()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("1,many,,0.01,3.5", 'Line 2, column "units_1": units_1 must be a number, not "many".'),
        ("1,32,,0.01,3.5\n\n1,32,,0.01,low", 'Line 4, column "objective": "low" is not a number.'),
        ("1,32.5,,0.01,1", 'Line 2, column "units_1": units_1 must be a whole number'),
        ("1,32,,0,1", 'Line 2, column "learning_rate": learning_rate must be greater than 0'),
        (
            "2,32,,0.01,1",
            'Line 2, column "units_2": a value is needed, because this search varies it.',
        ),
        ("1,32,,1", "Line 2 has 4 cells, but the heading has 5."),
        ("1,32,,0,01,1", "Line 2 has 6 cells, but the heading has 5."),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_at_its_line_and_column(lines, words):
    assert words in refusal(lines + "\n")


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("units_1,mse\n", 'minimises rmse, and "mse" may be another measure'),
        ("units_1,r2\n", 'of "r2" more is better, but the objective is minimised'),
        ("units_1,seed\n", 'Column "objective" not found'),
        ("units_1,rmse,value\n", 'the columns "rmse" and "value" could be the objective'),
        ("units_1,units_1,objective\n", 'The column "units_1" is there twice.'),
        ("lr,learning_rate,objective\n", '"lr" and "learning_rate" both are learning_rate'),
        ("a,b,objective\n", 'The columns are "a", "b", "objective"; this search varies'),
        ("", "No column is called after a hyperparameter"),
    ],
)
def test_a_heading_that_leaves_a_question_is_refused_with_it(heading, words):
    assert words in refusal("1,2,3\n1,2,3\n", heading)


def test_a_long_list_of_problems_is_shortened():
    pasted = parse("1,x,,0.01,1\n" * 40)

    assert len(pasted.problems) == 6
    assert pasted.problems[-1] == "There are 35 more like these."


@pytest.mark.parametrize("text", ["", "   \n", HEADING, "objective\n"])
def test_a_heading_alone_is_refused(text):
    assert "at least one line" in parse_pasted_results(text, SPACE).problems[0]


def test_too_many_lines_are_refused():
    assert f"the limit is {MAX_RESULTS:,}" in refusal("1,32,,0.01,3\n" * (MAX_RESULTS + 1))


@pytest.mark.parametrize(
    "text", ['"', '"units_1,objective\n1,2', "units_1,state,objective\n8,\x00,1", "," * 200_000]
)
def test_any_other_text_is_refused_with_a_message(text):
    assert parse_pasted_results(text, SPACE).problems


NUMBERS = ["1", "32", "0.01", "1e999", "-0", "nan", "\u0663", "1_0", "0x10"]
CELLS = st.one_of(
    st.sampled_from(["", *NUMBERS, "true", "lstm", '"', "'", "\t"]), st.text(max_size=6)
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELLS, min_size=5, max_size=5), min_size=1, max_size=4))
@example([["1", "\u0663\u0663", "", "0.01", "1"]])
def test_whatever_is_pasted_each_line_is_a_result_or_ignored_or_refused(lines):
    pasted = parse("\n".join(",".join(cells) for cells in lines))

    assert all(SPACE.contains(result.parameters) for result in pasted.results)
    assert pasted.problems or pasted.results or pasted.ignored


TWO = [(8, 0.001, 14.2), (12, 0.003, 13.9)]
FAILED = "Left out: 1 in the state"
NO_NUMBER = "Left out: 1 without an objective that is a number."
CASES = Path(__file__).parents[2] / "cases" / "pasted"
TABLES = {  # name: the sentence that says what was taken for what
    "excel_german.csv": "Numbers have a decimal comma.",
    "excel_sep_labels.csv": '"Units, layer 1" is read as units_1.',
    "foretune_export.csv": FAILED,
    "hyperopt_trials.csv": 'The objective is the column "loss".',
    "json_lines.jsonl": '"params.units" is read as units_1.',
    "keras_tuner_trials.json": 'The objective is the column "score".',
    "markdown_table.md": NO_NUMBER,
    "mlflow_runs.csv": 'Not used, as no hyperparameter is called so: "Start Time", "Duration"',
    "optuna_trials_dataframe.csv": FAILED,
    "pandas_index.csv": NO_NUMBER,
    "printed_dataframe.txt": FAILED,
    "printed_without_index.txt": '"lr" is read as learning_rate.',
    "psql_table.txt": "",
    "ray_results.csv": FAILED,
    "wandb_export.csv": '"hidden_size" is read as units_1.',
}


def parse_case(name: str, **options) -> PastedResults:
    space = SearchSpace.parse(
        {"units_1": {"integer": [4, 64]}, "learning_rate": {"loguniform": [1e-4, 0.1]}}
    )
    return parse_pasted_results((CASES / name).read_text(), space, **options)


def values_of(pasted: PastedResults) -> list[tuple[object, ...]]:
    return [
        (result.parameters["units_1"], result.parameters["learning_rate"], result.objective)
        for result in pasted.results
    ]


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_read_as_people_have_them_and_it_is_said_how(name):
    pasted = parse_case(name)

    assert pasted.problems == ()
    assert values_of(pasted) == TWO
    assert TABLES[name] in " ".join(pasted.notes)


def test_points_between_thousands_are_known_from_a_decimal_comma():
    pasted = parse_case("excel_tabs_german.tsv")

    assert values_of(pasted) == [(8, 0.001, 14.2), (12, 0.003, 1013.9)]


def test_commas_between_thousands_are_known_from_a_decimal_point():
    pasted = parse_case("thousands.csv")

    assert values_of(pasted) == [(8, 0.001, 1024.0), (12, 0.003, 2048.0)]
    assert "Commas stand between thousands." in pasted.notes


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("two_objectives.csv", 'Each of the columns "rmse" and "value" could be the objective'),
        ("other_measure.csv", 'This search minimises rmse, and "val_loss" may be another measure'),
        ("unclear_comma.csv", 'The comma in "1,024" can be a decimal comma or'),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_about(name, words):
    pasted = parse_case(name)

    assert pasted.results == ()
    assert words in pasted.problems[0]


def test_a_column_of_maes_is_the_objective_of_a_search_for_mae_alone():
    line = "1,32,,0.01,3.5\n"
    heading = HEADING.replace("objective", "val_mae")

    by_mae = parse(line, heading, measure=Objective.MAE)
    by_mase = parse(line, heading, measure=Objective.MASE)

    assert [result.objective for result in by_mae.results] == [3.5]
    assert 'minimises mase, and "val_mae" may be another measure' in by_mase.problems[0]


def test_a_log_of_talos_has_the_objective_of_a_search_for_val_loss():
    space = SearchSpace.parse(
        {
            "units_1": {"integer": [4, 64]},
            "learning_rate": {"loguniform": [1e-4, 0.1]},
            "epochs": 30,
        }
    )
    text = (CASES / "talos_log.csv").read_text()

    pasted = parse_pasted_results(text, space, measure=Objective.VAL_LOSS)

    assert values_of(pasted) == [(8, 0.001, 0.0213), (12, 0.003, 0.0197)]
    assert 'Not used, as no hyperparameter is called so: "round_epochs", "loss".' in pasted.notes
    assert dict(pasted.left_out) == {"without an objective that is a number": 1}


@pytest.mark.parametrize("word", ["inf", "-inf", "nan", "NaN", "None", ""])
def test_a_line_whose_objective_is_no_number_is_left_out_alone(word):
    pasted = parse(f"1,32,,0.01,3.5\n1,33,,0.01,{word}\n")

    assert len(pasted.results) == 1
    assert dict(pasted.left_out) == {"without an objective that is a number": 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  units_1 ... objective\n0 8 ... 1\n", "This table was shortened"),
        ("  units_1  a  \\\n0 8  1\n", "printed in several blocks"),
        ('{"units_1": 8, ', "cannot be parsed as JSON"),
        ("[{}, 3]", "no list of objects"),
        ('[{"a":' + '{"a":' * 3000 + "1" + "}" * 3001 + "]", "cannot be parsed as JSON"),
        ("".join(f'{{"a{n}": 1}}\n' for n in range(2000)), "2,000 results with 2,000 names"),
    ],
)
def test_a_table_that_lost_a_part_is_refused_with_what_to_paste(text, words):
    assert words in parse_pasted_results(text, SPACE).problems[0]
