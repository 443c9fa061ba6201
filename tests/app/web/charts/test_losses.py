"""The chart of a training's losses."""

import json
import math

from app.db.models import Epoch
from app.web.charts.losses import LossNumbers, loss_figure, loss_numbers
from tests.app.web.charts.colours import with_real_colours


def epochs(*losses):
    return [
        Epoch(number=number, train_loss=train_loss, val_loss=val_loss)
        for number, (train_loss, val_loss) in enumerate(losses, start=1)
    ]


def test_losses_keep_a_gap_where_a_loss_was_no_number():
    numbers = loss_numbers(epochs((0.5, 0.6), (0.4, None)))

    assert numbers == LossNumbers(epochs=[1, 2], train_losses=[0.5, 0.4], val_losses=[0.6, None])


def test_infinite_losses_are_gaps_too_because_json_cannot_hold_them():
    figure = loss_figure(epochs((0.5, math.inf), (math.nan, 0.2)), None)

    assert [trace["y"] for trace in figure["data"]] == [[0.5, None], [None, 0.2]]
    json.dumps(figure, allow_nan=False)


def test_the_best_epoch_is_marked_with_its_number():
    figure = with_real_colours(loss_figure(epochs((0.5, 0.6), (0.4, 0.5)), 2))

    assert figure.layout.shapes[0].x0 == 2
    assert figure.layout.annotations[0].text == "best epoch 2"


def test_epochs_get_dots_only_where_they_are_few():
    few = loss_figure(epochs(*[(1.0, 1.0)] * 60), None)
    many = loss_figure(epochs(*[(1.0, 1.0)] * 61), None)

    assert few["data"][0]["mode"] == "lines+markers"
    assert many["data"][0]["mode"] == "lines"


def test_few_epochs_are_counted_in_whole_numbers():
    figure = loss_figure(epochs((0.5, 0.6), (0.4, 0.5)), 2)

    assert figure["layout"]["xaxis"]["dtick"] == 1


def test_a_trial_without_epochs_has_a_message_in_place_of_lines():
    figure = with_real_colours(loss_figure([], None))

    assert figure.data == ()
    assert figure.layout.annotations[0].text == "No epoch has ended yet."
