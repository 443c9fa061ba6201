"""The chart of a training: its losses by epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.models import Epoch
from app.web.charts import figures
from app.web.charts.figures import Figure
from app.web.charts.numbers import finite_or_none


@dataclass(frozen=True)
class LossNumbers:
    """Losses by epoch, None where a loss is not a finite number."""

    epochs: list[int]
    train_losses: list[float | None]
    val_losses: list[float | None]


def loss_numbers(epochs: Sequence[Epoch]) -> LossNumbers:
    """Read the losses of a trial's epochs."""
    return LossNumbers(
        epochs=[epoch.number for epoch in epochs],
        train_losses=finite_or_none(epoch.train_loss for epoch in epochs),
        val_losses=finite_or_none(epoch.val_loss for epoch in epochs),
    )


def loss_figure(epochs: Sequence[Epoch], best_epoch: int | None) -> Figure:
    """Draw train and validation loss by epoch, and mark the best epoch.

    The page switches between a linear and a logarithmic scale.
    """
    if not epochs:
        return figures.empty_figure("No epoch has ended yet.")
    numbers = loss_numbers(epochs)
    train = figures.line_trace(
        numbers.epochs,
        numbers.train_losses,
        "train",
        "chart-1",
        with_dots=True,
    )
    validation = figures.line_trace(
        numbers.epochs,
        numbers.val_losses,
        "validation",
        "chart-2",
        with_dots=True,
    )
    layout = figures.counting_layout("epoch", "loss (scaled units)", len(epochs))
    layout["hovermode"] = "x unified"
    layout["yaxis"]["tickformat"] = "~g"
    if best_epoch is not None:
        line = figures.vertical_line(best_epoch, "good")
        note = figures.note_above(best_epoch, f"best epoch {best_epoch}")
        layout["shapes"] = [line]
        layout["annotations"] = [note]
    return {"data": [train, validation], "layout": layout}
