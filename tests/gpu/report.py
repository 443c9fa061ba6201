"""The tables and the checks of a GPU's measurements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.terms import TrialState
from tests.benchmarks.tables import table
from tests.gpu.measurement import COMPARED_EPOCHS, Measurement
from tests.gpu.search import TRIALS, TrialSummary

MAX_LOSS_DIFFERENCE = 1e-3  # relative


@dataclass(frozen=True)
class LossComparison:
    """The losses of one network in two processes."""

    name: str  # network and kind of loss
    measured: Sequence[float]
    expected: Sequence[float]

    @property
    def difference(self) -> float:
        """The largest relative difference. NaN if a loss is not a number."""
        ratios = np.array(self.measured) / np.array(self.expected)
        return float(np.max(np.abs(ratios - 1)))


def compare_losses(measured: Measurement, cpu: Measurement) -> Iterator[LossComparison]:
    """The training and the validation losses of each network, with the CPU's."""
    for name, losses in measured.losses.items():
        expected = cpu.losses[name]
        yield LossComparison(f"{name}, training", losses.training, expected.training)
        yield LossComparison(f"{name}, validation", losses.validation, expected.validation)


def largest_difference(measured: Measurement, cpu: Measurement) -> float:
    """The largest relative difference of any loss. NaN if a loss is not a number."""
    return float(np.max([losses.difference for losses in compare_losses(measured, cpu)]))


def loss_table(name: str, measured: Measurement, cpu: Measurement) -> str:
    """The losses after each epoch, on a side with this name and on the CPU."""
    rows = []
    for losses in compare_losses(measured, cpu):
        row = [
            losses.name,
            format_losses(losses.measured),
            format_losses(losses.expected),
            f"{losses.difference:.0e}",
        ]
        rows.append(row)
    return table([f"losses of {COMPARED_EPOCHS} epochs", name, "CPU", "differ by"], rows)


def format_losses(losses: Sequence[float]) -> str:
    return " / ".join(f"{loss:.6f}" for loss in losses)


def speed_table(name: str, measured: Measurement, cpu: Measurement) -> str:
    """The seconds of an epoch, on a side with this name and on the CPU."""
    rows = []
    for network, seconds in measured.epoch_seconds.items():
        cpu_seconds = cpu.epoch_seconds[network]
        ratio = cpu_seconds / seconds
        rows.append([network, f"{seconds:.2f}", f"{cpu_seconds:.2f}", f"{ratio:.2f}"])
    return table(["seconds an epoch", name, "CPU, one thread", "times as fast"], rows)


def search_table(trials: Sequence[TrialSummary]) -> str:
    """The engine and the state of each trial."""
    rows = []
    for trial in trials:
        objective = "" if trial.objective is None else f"{trial.objective:.4f}"
        seconds = f"{trial.seconds:.1f}"
        rows.append([str(trial.number), trial.engine or "", trial.state, objective, seconds])
    return table(["trial", "engine", "state", "objective", "seconds"], rows)


def find_loss_problems(measured: Measurement, cpu: Measurement) -> list[str]:
    """What is wrong with the losses, in sentences."""
    problems = []
    difference = largest_difference(measured, cpu)
    is_close = difference <= MAX_LOSS_DIFFERENCE  # NaN is not
    if not is_close:
        problems.append(
            f"Losses differ by {difference:.1e}; at most {MAX_LOSS_DIFFERENCE:.0e} is allowed."
        )
    if measured.engine != "keras":
        problems.append(f"The engine {measured.engine} trained the networks, not keras.")
    return problems


def find_search_problems(trials: Sequence[TrialSummary], engine: str) -> list[str]:
    """What is wrong with the search, in sentences. `engine` is the one that has to train."""
    problems = []
    if len(trials) != TRIALS:
        problems.append(f"The search has {len(trials)} trials instead of {TRIALS}.")
    for trial in trials:
        if trial.state != TrialState.COMPLETED:
            problems.append(f"Trial {trial.number} is {trial.state}: {trial.error}")
        if trial.engine != engine:
            problems.append(f"Trial {trial.number} was trained by {trial.engine}, not {engine}.")
    return problems
