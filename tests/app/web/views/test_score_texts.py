"""What pages say of scores and of bands."""

from app.domain.terms import Part
from app.web.views.score_texts import describe_coverage, list_score_rows

SCORES = {"test": {"mase": 0.9, "coverage_80": 0.774, "coverage_95": 0.941}}


def test_the_measured_coverage_is_said_and_that_validation_chose_the_model():
    text = describe_coverage(SCORES, Part.TEST)

    assert text.startswith("The 80 % band held 77 % of the test rows, the 95 % band 94 %. ")
    assert "Validation also chose the model" in text


def test_a_band_that_is_missing_is_explained():
    scores = {"test": {"coverage_80": 0.5, "coverage_95": None}}

    text = describe_coverage(scores, Part.TEST)

    assert "There is no 95 % band: it needs more earlier errors than there are." in text
    assert describe_coverage(None, Part.TEST) == ""


def test_a_row_has_the_scores_of_the_trial_and_of_the_best_baseline():
    first, *_ = list_score_rows(SCORES, {"test": {"mase": 0.8}}, 100, (7.0,))

    assert first.title == "MASE"
    assert first.scores == {Part.VALIDATION: None, Part.TEST: 0.9}
    assert first.baseline_scores[Part.TEST] == 0.8
    assert "the seasonal naive forecast (7 rows before)" in first.explanation
