"""One line for each part of the advanced settings."""

from app.domain.auto import Chosen
from app.web.forms.advanced import describe_advanced
from app.web.forms.experiment import blank_fields


def test_each_part_says_what_it_is_set_to():
    fields = blank_fields() | {
        "budget_minutes": "10",
        "start_from": "3, 5",
        "hyperopt": "space = 1",
    }

    parts = describe_advanced(fields, None, Chosen("gp", "none", ""))

    assert parts.strategy == "auto, here gp"
    assert parts.pruning == "auto, here none"
    assert parts.objective == "validation RMSE"
    assert parts.budget == "10 min"
    assert parts.seed == "0"
    assert parts.deliver == "the mean of the best trials and baselines"
    assert parts.warm_start == "experiments 3, 5"
    assert parts.hyperopt == "code pasted"
    assert parts.network == "built-in"
    assert parts.overview == (
        "strategy auto, here gp · pruning auto, here none · validation RMSE · "
        "time budget 10 min · seed 0 · warm start from experiments 3, 5"
    )


def test_a_form_that_says_nothing_yet_has_parts_too():
    parts = describe_advanced({}, None, None)

    assert (parts.strategy, parts.budget, parts.warm_start) == ("auto", "none", "none")
