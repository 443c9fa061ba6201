"""One line of text for what a hyperparameter may be."""

import pytest

from app.domain.search_space.parameters import CATALOGUE
from app.domain.search_space.space import SearchSpace
from app.web.forms.draft import ExperimentDraft
from app.web.forms.experiment import blank_fields
from app.web.forms.space_editor import space_fields
from app.web.forms.space_text import read_texts, suggest_text, write_text


def entry_of(database, tmp_path, name, text):
    fields = read_texts(blank_fields() | {f"space.{name}.text": text}, CATALOGUE)
    fields |= {"name": "x", "dataset_id": "1"}
    with database.read() as session:
        draft = ExperimentDraft.from_form(session, fields, tmp_path)
    assert draft.problems == []
    return draft.request.space[name]


@pytest.mark.parametrize(
    ("name", "text", "entry"),
    [
        ("units_1", " 48 ", 48),
        ("units_1", "16, 32", {"choice": [16, 32]}),
        ("units_1", "8..64", {"integer": [8, 64]}),
        ("units_1", "8 .. 64 log", {"loguniform": [8, 64]}),
        ("units_1", "8..64 step 8", {"integer": [8, 64], "step": 8}),
        ("learning_rate", "1e-4..1e-2 log", {"loguniform": [1e-4, 1e-2]}),
        ("dropout_1", "0..0.4", {"uniform": [0, 0.4]}),
        ("shuffle", "false, true", {"choice": [False, True]}),
        ("cell", "gru", "gru"),
        (
            "units_2",
            "8, 16 when recurrent_layers=2",
            {"choice": [8, 16], "when": {"recurrent_layers": [2]}},
        ),
    ],
)
def test_a_line_says_a_value_a_choice_or_a_range(database, tmp_path, name, text, entry):
    assert entry_of(database, tmp_path, name, text) == entry


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_what_is_suggested_can_be_searched(database, tmp_path, name):
    text = suggest_text(CATALOGUE[name])

    entry = entry_of(database, tmp_path, name, text)

    assert SearchSpace.parse({name: entry}).searched


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (32, "32"),
        ({"choice": [16, 32]}, "16, 32"),
        ({"loguniform": [8, 64], "step": 4}, "8..64 log step 4"),
        ({"integer": [8, 64], "when": {"cell": "gru"}}, "8..64 when cell=gru"),
    ],
)
def test_a_stored_dimension_is_written_as_the_line_that_says_it(entry, text):
    fields = space_fields({"units_1": entry})

    assert write_text(fields, "units_1") == text
    again = read_texts({"space.units_1.text": text}, CATALOGUE)
    assert write_text(again, "units_1") == text
