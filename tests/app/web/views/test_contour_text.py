"""The contour of two hyperparameters in words."""

from dataclasses import replace

from app.domain.importance.surface import predict_surface
from app.services.contours import Contour
from app.web.views.contour_text import describe_contour
from tests.app.web.importance_examples import make_report

NAMES = ("units_1", "cell")


def make_contour() -> Contour:
    report = make_report()
    return Contour(report, NAMES, *NAMES, predict_surface(report.model, *NAMES), report.points[3])


def test_it_says_what_is_expected_of_which_trial():
    text = " ".join(describe_contour(make_contour()))

    assert text == (
        "Expected of trial 4, the best, with these two values changed and all others as they are "
        "(partial dependence at the best trial). Modelled on 30 trials."
    )


def test_what_is_left_out_and_what_is_assumed_is_said():
    contour = make_contour()
    surface = replace(
        contour.surface, assumed_active=("cell",), mean=contour.surface.mean * float("nan")
    )
    model = replace(contour.report.model, n_trials=20)
    report = replace(contour.report, model=model)

    text = " ".join(describe_contour(replace(contour, report=report, surface=surface, best=None)))

    assert "Expected of the best result it started from" in text
    assert "Modelled on 20 of 30 trials, evenly chosen." in text
    assert "cell plays no part in the best trial" in text
    assert "Blank: one of the two plays no part there." in text


def test_too_few_trials_and_hyperparameters_are_said_in_words():
    few = Contour(make_report(3), NAMES)
    alike = Contour(make_report(30, lambda units, cell: 1.0), NAMES)

    assert describe_contour(few)[0].startswith("3 trials with a result so far: from 10 on")
    assert describe_contour(alike) == ["All trials came out alike, so there is nothing to draw."]
    assert describe_contour(replace(few, names=("cell",))) == [
        "This search varies 1 hyperparameter; a contour needs two."
    ]
