"""The reduction strategy's fields: given back filled in, asked for again from an experiment, refused at their place."""

import pytest

from app.web.forms.experiment import blank, experiment_fields, read_form
from app.web.forms.reduction import reduction_fields
from tests import factories

FORM = blank() | {"name": "x", "dataset_id": "1", "strategy": "reduction"}


def test_the_form_has_good_options_to_begin_with():
    wanted, problems = read_form(FORM)
    assert problems == []
    assert (wanted.reduction_method, wanted.reduction_interval) == ("spearman", None)
    assert (wanted.reduction_window, wanted.reduction_threshold) == (None, 0.3)


def test_an_empty_window_means_every_trial():
    wanted, _ = read_form(FORM | {"reduction_window": " "})
    assert wanted.reduction_window is None


def test_the_options_of_another_strategy_are_not_sent():
    wanted, problems = read_form(FORM | {"strategy": "random", "reduction_interval": "nonsense"})
    assert problems == []
    assert not [name for name in wanted.model_fields_set if name.startswith("reduction")]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("reduction_interval", "often", "This is a whole number."),
        ("reduction_interval", "0", "1"),
        ("reduction_window", "2.5", "This is a whole number."),
        ("reduction_window", "3", "4"),
        ("reduction_threshold", "0,3", "between 0 and 1"),
        ("reduction_threshold", "nan", ""),
        ("reduction_threshold", "1", "less than 1"),
    ],
)
def test_what_is_impossible_is_refused_at_its_field(name, text, words):
    wanted, problems = read_form(FORM | {name: text})
    assert wanted is None
    (problem,) = problems
    assert problem.loc == (name,)
    assert words in problem.message


def test_another_experiment_like_one_has_its_options(database):
    options = {"reduction_method": "pearson", "reduction_window": None, "reduction_threshold": 0.25}
    with database.write() as session:
        made = factories.experiment(session, strategy="reduction", reduction_interval=7, **options)
        found = experiment_fields(made)
    expected = {"method": "pearson", "interval": "7", "window": "", "threshold": "0.25"}
    assert {name: found[f"reduction_{name}"] for name in expected} == expected


def test_another_experiment_like_one_with_another_strategy_has_the_usual_options(database):
    with database.write() as session:
        found = experiment_fields(factories.experiment(session))
    assert found.items() >= reduction_fields().items()


def test_a_bad_option_comes_back_filled_in_with_its_message(client, database):
    with database.write() as session:
        dataset_id = factories.dataset(session).id
    page = client.post(
        "/experiments", data=FORM | {"dataset_id": str(dataset_id), "reduction_threshold": "2"}
    )
    assert page.status_code == 422
    assert 'id="reduction_threshold-error"' in page.text
    assert 'name="reduction_threshold" type="text" value="2"' in page.text
    assert "Least coefficient</a>" in page.text
