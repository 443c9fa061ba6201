"""The table of several trials side by side: what it lists, and which cells it marks as best."""

from app.db.models import Epoch, Trial
from app.domain.objectives import Yardstick
from app.web.views.comparison_table import Row, parameter_rows, pin_rows, score_rows

RMSE = Yardstick.of_objective("rmse", None)


def trial(number: int, **values) -> Trial:
    parameters = {"units_1": 8, "cell": "lstm"} | values.pop("parameters", {})
    return Trial(
        id=100 + number,
        number=number,
        parameters=parameters,
        epochs_trained=3,
        best_epoch=2,
        **values,
    )


def epochs(count: int, *, seconds: float) -> list[Epoch]:
    return [Epoch(number=number, objective=1.0, seconds=seconds) for number in range(1, count + 1)]


def row_titled(rows: list[Row], title: str) -> Row:
    return next(row for row in rows if row.title == title)


def test_the_best_of_each_score_is_marked_and_equal_ones_are_not():
    trials = [
        trial(1, validation_rmse=2.0, validation_skill=0.1, test_rmse=1.0, test_skill=0.4),
        trial(2, validation_rmse=1.0, validation_skill=0.1, test_rmse=2.0, test_skill=0.1),
    ]
    epochs_by_trial = {101: epochs(2, seconds=2.0), 102: epochs(2, seconds=4.0)}

    rows = score_rows(trials, epochs_by_trial, {}, RMSE)

    assert row_titled(rows, "validation RMSE").best == (1,)
    assert row_titled(rows, "skill on validation").best == ()
    assert row_titled(rows, "test RMSE").best == ()  # nothing is to be chosen there
    assert row_titled(rows, "skill on test").best == ()
    assert row_titled(rows, "training took").best == (0,)
    assert row_titled(rows, "training took").cells == ("4.0 s", "8.0 s")


def test_a_trial_without_scores_has_gaps():
    trials = [trial(1, validation_rmse=2.0), trial(2)]

    rows = score_rows(trials, {101: epochs(1, seconds=4.0), 102: []}, {}, RMSE)

    assert row_titled(rows, "validation RMSE").cells == ("2.000", "–")
    assert row_titled(rows, "validation RMSE").best == ()
    assert row_titled(rows, "training took").cells[1] == "–"


def test_only_parameters_that_differ_are_listed():
    different = [trial(1), trial(2, parameters={"units_1": 16, "units_2": 4})]
    equal = [trial(1), trial(2)]

    rows = parameter_rows(different)

    assert [(row.title, row.cells) for row in rows] == [
        ("units_1", ("8", "16")),
        ("units_2", ("–", "4")),
    ]
    assert parameter_rows(equal) == []


def test_the_test_part_marks_no_best_trial():
    trials = [trial(1, test_rmse=2.0, test_skill=0.1), trial(2, test_rmse=1.0, test_skill=0.2)]

    rows = score_rows(trials, {101: [], 102: []}, {}, RMSE)

    assert row_titled(rows, "test RMSE").best == ()
    assert row_titled(rows, "skill on test").best == ()


def test_scores_are_shown_against_the_pinned_trial():
    trials = [
        trial(1, validation_rmse=2.0, validation_skill=0.1),
        trial(2, validation_rmse=1.5, validation_skill=0.25),
        trial(3),
    ]
    epochs_by_trial = {101: epochs(1, seconds=2.0), 102: epochs(1, seconds=3.0), 103: []}

    rows = score_rows(trials, epochs_by_trial, {}, RMSE, pinned=0)
    parameters = pin_rows(parameter_rows([trials[0], trial(2, parameters={"units_1": 16})]), 0)

    assert row_titled(rows, "validation RMSE").differences == ("", "-25.0 %", "")
    assert row_titled(rows, "skill on validation").differences == ("", "+15.0 points", "")
    assert row_titled(rows, "training took").differences == ("", "+50.0 %", "")
    assert [row.differences for row in parameters] == [("", "")]
