"""A form is parsed once: its request, or its problems at their fields."""

from pathlib import Path

from app.web.forms.draft import ExperimentDraft
from app.web.forms.experiment import blank_fields

FORM = blank_fields() | {"name": "mine", "dataset_id": "1", "space.units_1.value": "7"}
NO_CUSTOM_MODELS = Path("no-custom-models")


def draft_of(database, fields):
    with database.read() as session:
        return ExperimentDraft.from_form(session, fields, NO_CUSTOM_MODELS)


def test_a_good_form_makes_a_request(database):
    draft = draft_of(database, FORM)

    assert draft.problems == []
    assert draft.request.name == "mine"
    assert draft.request.dataset_id == 1
    assert draft.request.space["units_1"] == 7


def test_a_bad_form_names_each_field_with_its_label_and_messages(database):
    changes = {"max_trials": "many", "space.units_1.kind": "choice"}

    draft = draft_of(database, FORM | changes)

    assert draft.request is None
    labels = {problem.field: problem.label for problem in draft.summary}
    assert labels["max_trials"] == "Number of trials"
    assert draft.errors["space.units_1.kind"] == ["List at least one value, separated by commas."]


def test_a_form_without_a_name_gets_one_that_its_field_does_not_show(database):
    draft = draft_of(database, FORM | {"name": ""})

    assert draft.request is not None
    assert draft.request.name == draft.suggested_name
    assert draft.get("name") == ""


def test_the_space_of_an_unusable_custom_model_is_kept_in_hidden_fields(database):
    changes = {"custom_model": "gone", "space.neurons.value": "12"}

    draft = draft_of(database, FORM | changes)

    assert draft.unshown == {"space.neurons.value": "12"}
