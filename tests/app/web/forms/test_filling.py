"""What a preset and another dataset fill in, and how that is undone."""

import pytest

from app.domain.presets import PRESETS
from app.domain.split import Split
from app.services import default_searches
from app.web.forms.default_search import default_fields
from app.web.forms.experiment import blank_fields
from app.web.forms.filling import fill_in_preset, follow_dataset, read_undo
from tests import factories


@pytest.fixture
def derived_form(database):
    """The default search of a dataset."""
    with database.write() as session:
        dataset = factories.dataset(session, rows=600)
        search = default_searches.of_dataset(session, dataset, Split())
        fields = default_fields(dataset, search) | {"dataset_id": str(dataset.id)}
        return blank_fields() | fields


def test_a_preset_takes_the_derived_time_budget_with_it_but_not_one_that_was_typed(
    database, derived_form
):
    with database.read() as session:
        derived = fill_in_preset(session, derived_form, PRESETS["grid-81"])
        typed = fill_in_preset(session, derived_form | {"budget_minutes": "7"}, PRESETS["grid-81"])

    assert derived.fields["budget_minutes"] == ""
    assert "budget_minutes" not in typed.fields
    assert derived_form | derived.fields | read_undo(derived.undo) == derived_form


def test_a_preset_that_is_there_already_changes_nothing(database, derived_form):
    with database.read() as session:
        first = fill_in_preset(session, derived_form, PRESETS["talos"])
        again = fill_in_preset(session, derived_form | first.fields, PRESETS["talos"])

    assert "nothing had to change" in again.message
    assert again.undo == ""


@pytest.mark.parametrize("text", ["", "[1]", "{broken", '{"seed": 3}'])
def test_an_undo_that_cannot_be_read_changes_nothing(text):
    assert read_undo(text) == {}


def test_nothing_is_derived_for_the_same_dataset_or_a_form_without_a_default(
    database, derived_form
):
    with database.read() as session:
        same = follow_dataset(session, derived_form)
        other = follow_dataset(session, derived_form | {"derived_from": "", "dataset_id": "9"})

    assert same is None
    assert other is None
