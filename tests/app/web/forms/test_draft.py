"""A form is parsed once: its request, or its problems at their fields."""

from pathlib import Path

from app.web.forms.draft import ExperimentDraft
from app.web.forms.experiment import blank_fields

FORM = blank_fields() | {"name": "mine", "dataset_id": "1", "space.units_1.value": "7"}
NO_CUSTOM_MODELS = Path("no-custom-models")


def test_a_good_form_makes_a_request():
    draft = ExperimentDraft.from_form(FORM, NO_CUSTOM_MODELS)

    assert draft.problems == []
    assert draft.request.name == "mine"
    assert draft.request.dataset_id == 1
    assert draft.request.space["units_1"] == 7


def test_a_bad_form_names_each_field_with_its_label_and_messages():
    changes = {"max_trials": "many", "space.units_1.kind": "choice"}

    draft = ExperimentDraft.from_form(FORM | changes, NO_CUSTOM_MODELS)

    assert draft.request is None
    labels = {problem.field: problem.label for problem in draft.summary}
    assert labels["max_trials"] == "Number of trials"
    assert draft.errors["space.units_1.kind"] == ["List at least one value, separated by commas."]


def test_a_preview_does_not_need_a_name():
    draft = ExperimentDraft.from_form(FORM | {"name": ""}, NO_CUSTOM_MODELS)

    preview_draft = draft.for_preview()

    assert draft.request is None
    assert preview_draft.request is not None


def test_the_space_of_an_unusable_custom_model_is_kept_in_hidden_fields():
    changes = {"custom_model": "gone", "space.neurons.value": "12"}

    draft = ExperimentDraft.from_form(FORM | changes, NO_CUSTOM_MODELS)

    assert draft.unshown == {"space.neurons.value": "12"}
