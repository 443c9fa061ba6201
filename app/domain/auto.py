"""Which strategy and pruning suit a search, worked out from its space and its number of trials.

The rules follow what tests/benchmarks/strategies.py measured; README gives the results.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.pruning import PRUNINGS
from app.domain.search_space.space import SearchSpace
from app.domain.strategies import STRATEGIES

AUTO = "auto"
STRATEGIES_OFFERED: Mapping[str, str] = {
    AUTO: "Chooses one of the others for your search space and number of trials, and says why.",
    **{name: info.description for name, info in STRATEGIES.items()},
}
PRUNINGS_OFFERED: Mapping[str, str] = {
    AUTO: "asha where trainings are long and trials many enough to be compared, otherwise none.",
    **{name: info.description for name, info in PRUNINGS.items()},
}
MAX_TRIALS_FOR_GP = 100  # from here on, asking gp costs more time than it saves
MIN_EPOCHS_TO_PRUNE = 30  # shorter trainings leave pruning little to save
MIN_TRIALS_TO_PRUNE = 12  # with fewer, the best third of a rung means nothing
MAX_NAMES_IN_REASON = 2


@dataclass(frozen=True)
class Chosen:
    """A strategy and a way of pruning. `reason`: why `auto` chose them, "" where it had no say."""

    strategy: str
    pruning: str
    reason: str


@dataclass(frozen=True)
class _Choice:
    name: str
    reason: str


def choose(strategy: str, pruning: str, space: SearchSpace, trials: int) -> Chosen:
    """Replace `auto` by what suits a search of at most `trials`; anything else stays."""
    reasons: list[str] = []
    if strategy == AUTO:
        choice = _choose_strategy(space, trials)
        strategy = choice.name
        reasons.append(choice.reason)
    if pruning == AUTO:
        choice = _choose_pruning(space, trials)
        pruning = choice.name
        reasons.append(choice.reason)
    reason = " ".join(reasons)
    return Chosen(strategy, pruning, reason)


def max_epochs(space: SearchSpace) -> int:
    """The most epochs a training of this space may have; 0 where its networks have no epochs."""
    return largest_value(space, "epochs")


def largest_value(space: SearchSpace, name: str) -> int:
    """The largest value that a whole number of this space may have; 0 where it has none."""
    if name not in space.catalogue:
        return 0
    dimension = space.dimensions.get(name)
    if dimension is None:
        row = space.catalogue[name]
        return int(row.default)
    if dimension.is_listed:
        largest = max(map(float, dimension.values))
        return int(largest)
    return int(dimension.high)


def conditional_names(space: SearchSpace) -> list[str]:
    """The searched hyperparameters that are inactive in some of the combinations."""
    always_active = {dimension.name for dimension in space.searched}
    for branch in space.branches:
        always_active &= set(branch.active)
    names = []
    for dimension in space.searched:
        if dimension.name not in always_active:
            names.append(dimension.name)
    return names


def _choose_strategy(space: SearchSpace, trials: int) -> _Choice:
    size = space.size()
    if size is not None and size <= trials:
        combinations = "the only combination fits"
        if size > 1:
            combinations = f"all {size:,} combinations fit"
        trial_count = _with_count(trials, "trial")
        return _Choice("grid", f"grid: {combinations} into {trial_count}, so none is left out.")
    if trials < MAX_TRIALS_FOR_GP:
        return _Choice(
            "gp",
            f"gp: of {_with_count(trials, 'trial')} each has to teach much, "
            "and a model of the objective learns most.",
        )
    names = conditional_names(space)
    if names:
        return _Choice(
            "tpe",
            f"tpe: {trials:,} trials are many, "
            f"and {_shortened(names)} count in some combinations only.",
        )
    return _Choice(
        "tpe",
        f"tpe: {trials:,} trials are many, and its suggestions stay quick however many there are.",
    )


def _choose_pruning(space: SearchSpace, trials: int) -> _Choice:
    epochs = max_epochs(space)
    if not epochs:
        return _Choice("none", "No pruning: these networks have no number of epochs.")
    if epochs < MIN_EPOCHS_TO_PRUNE:
        epoch_count = _with_count(epochs, "epoch")
        return _Choice("none", f"No pruning: {epoch_count} at most are soon trained.")
    if trials < MIN_TRIALS_TO_PRUNE:
        trial_count = _with_count(trials, "trial")
        return _Choice("none", f"No pruning: {trial_count} are too few to compare.")
    return _Choice(
        "asha",
        f"asha: trainings of up to {epochs:,} epochs are worth ending early "
        "where they show no promise.",
    )


def _shortened(names: list[str]) -> str:
    first_names = names[:MAX_NAMES_IN_REASON]
    text = ", ".join(first_names)
    left_out = len(names) - MAX_NAMES_IN_REASON
    if left_out > 0:
        text += f" and {left_out} more"
    return text


def _with_count(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun}s"
