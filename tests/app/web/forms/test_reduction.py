"""The reduction strategy's fields: parsed, refused at their field, filled in from an experiment."""

from pathlib import Path

import pytest

from app.web.forms.draft import ExperimentDraft
from app.web.forms.experiment import blank_fields, experiment_fields
from app.web.forms.reduction import reduction_fields
from tests import factories

FORM = blank_fields() | {"name": "x", "dataset_id": "1", "strategy": "reduction"}


@pytest.fixture
def parse(database):
    def parse_fields(fields) -> ExperimentDraft:
        with database.read() as session:
            return ExperimentDraft.from_form(session, fields, Path("no-custom-models"))

    return parse_fields


def test_the_form_has_good_options_to_begin_with(parse):
    draft = parse(FORM)

    assert draft.problems == []
    assert draft.request.reduction_method == "spearman"
    assert draft.request.reduction_interval is None
    assert draft.request.reduction_window is None
    assert draft.request.reduction_threshold == 0.3


def test_an_empty_window_means_every_trial(parse):
    draft = parse(FORM | {"reduction_window": " "})

    assert draft.request.reduction_window is None


def test_the_options_of_another_strategy_are_not_sent(parse):
    draft = parse(FORM | {"strategy": "random", "reduction_interval": "nonsense"})

    assert draft.problems == []
    sent = draft.request.model_fields_set
    assert not [name for name in sent if name.startswith("reduction")]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("reduction_interval", "often", "Enter a whole number."),
        ("reduction_interval", "0", "1"),
        ("reduction_window", "2.5", "Enter a whole number."),
        ("reduction_window", "3", "4"),
        ("reduction_threshold", "0,3", "between 0 and 1"),
        ("reduction_threshold", "nan", ""),
        ("reduction_threshold", "1", "less than 1"),
    ],
)
def test_what_is_impossible_is_refused_at_its_field(parse, name, text, words):
    draft = parse(FORM | {name: text})

    assert draft.request is None
    (problem,) = draft.problems
    assert problem.loc == (name,)
    assert words in problem.message


def test_another_experiment_like_one_has_its_options(database):
    options = {"reduction_method": "pearson", "reduction_window": None, "reduction_threshold": 0.25}
    with database.write() as session:
        experiment = factories.experiment(
            session, strategy="reduction", reduction_interval=7, **options
        )

        fields = experiment_fields(experiment)

    expected = {"method": "pearson", "interval": "7", "window": "", "threshold": "0.25"}
    assert {name: fields[f"reduction_{name}"] for name in expected} == expected


def test_another_experiment_like_one_with_another_strategy_has_the_usual_options(database):
    with database.write() as session:
        fields = experiment_fields(factories.experiment(session))

    assert fields.items() >= reduction_fields().items()


def test_a_bad_option_comes_back_filled_in_with_its_message(client, database):
    with database.write() as session:
        dataset_id = factories.dataset(session).id
    changes = {"dataset_id": str(dataset_id), "reduction_threshold": "2"}

    page = client.post("/experiments", data=FORM | changes)

    assert page.status_code == 422
    assert 'id="reduction_threshold-error"' in page.text
    assert 'name="reduction_threshold" type="text" value="2"' in page.text
    assert "Least coefficient</a>" in page.text
