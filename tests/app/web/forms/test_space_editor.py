"""The space editor: a space's JSON becomes fields, and its fields become the JSON again."""

import pytest

from app.domain.search_space.parameters import CATALOGUE
from app.web.forms.fields import FieldReader
from app.web.forms.space_editor import read_space, space_fields

SPACE = {
    "cell": {"choice": ["lstm", "gru"]},
    "units_1": {"integer": [8, 64], "step": 8},
    "learning_rate": {"loguniform": [0.001, 0.1]},
    "recurrent_layers": {"choice": [1, 2]},
    "units_2": {"choice": [8, 16], "when": {"recurrent_layers": [2]}},
    "epochs": 7,
}


def test_a_space_comes_back_as_it_was():
    reader = FieldReader(space_fields(SPACE))

    document = read_space(reader, CATALOGUE)

    assert reader.problems == []
    assert {name: document[name] for name in SPACE} == SPACE


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"space.units_1.kind": "choice"}, "at least one value"),
        ({"space.units_1.kind": "integer", "space.units_1.low": "2"}, "lowest and the highest"),
        (
            {
                "space.units_1.kind": "uniform",
                "space.units_1.low": "0,5",
                "space.units_1.high": "2",
            },
            "decimal point",
        ),
        ({"space.units_1.when": "whenever"}, 'The condition "whenever" is not like'),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_hyperparameter(changes, words):
    reader = FieldReader(space_fields({}) | changes)

    read_space(reader, CATALOGUE)

    (problem,) = reader.problems
    assert problem.loc == ("space", "units_1")
    assert words in problem.message
