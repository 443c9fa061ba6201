"""Which strategy and pruning suit a search, worked out from its space and its number of trials, and why.

The rules follow what tests/benchmarks/strategies.py measured: README says what came of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.pruning import PRUNINGS
from app.domain.search_space.space import SearchSpace
from app.domain.strategies import STRATEGY_NAMES

AUTO = "auto"
STRATEGIES_OFFERED: Mapping[str, str] = {
    AUTO: "Chooses one of the others for your search space and number of trials, and says why.",
    **STRATEGY_NAMES,
}
PRUNINGS_OFFERED: Mapping[str, str] = {
    AUTO: "asha where trainings are long and trials many enough to be compared, otherwise none.",
    **PRUNINGS,
}
MANY = 100  # trials: from here on one ask of gp takes longer than it gains
LONG = 30  # epochs: shorter trainings leave pruning little to save
COMPARABLE = 12  # trials: with fewer, the best third of a rung means nothing
NAMED = 2  # hyperparameters named in a sentence, before it says how many more


@dataclass(frozen=True)
class Chosen:
    """A strategy and a way of pruning, each with its reason as a sentence ("" where it was not to be chosen)."""

    strategy: str
    pruning: str
    reason: str


def choose(strategy: str, pruning: str, space: SearchSpace, trials: int) -> Chosen:
    """What a search of at most `trials`, asked for with `auto` in either place, is run with; the rest stays."""
    reasons: list[str] = []
    if strategy == AUTO:
        strategy, why = _strategy(space, trials)
        reasons.append(why)
    if pruning == AUTO:
        pruning, why = _pruning(space, trials)
        reasons.append(why)
    return Chosen(strategy, pruning, " ".join(reasons))


def longest(space: SearchSpace) -> int:
    """The most epochs a training of this space may have; 0 where its networks know none."""
    if "epochs" not in space.catalogue:
        return 0
    dimension = space.dimensions.get("epochs")
    if dimension is None:
        return int(space.catalogue["epochs"].default)
    return int(max(map(float, dimension.values)) if dimension.is_listed else dimension.high)


def conditional(space: SearchSpace) -> list[str]:
    """The searched hyperparameters that play no part in some of the combinations."""
    active = [set(case.counted) for case in space.cases]
    return [row.name for row in space.searched if not all(row.name in names for names in active)]


def _strategy(space: SearchSpace, trials: int) -> tuple[str, str]:
    size = space.size()
    if size is not None and size <= trials:
        all_of_them = "the only combination fits" if size == 1 else f"all {size:,} combinations fit"
        return "grid", f"grid: {all_of_them} into {_counted(trials, 'trial')}, so none is left out."
    if trials < MANY:
        return (
            "gp",
            f"gp: of {_counted(trials, 'trial')} each has to teach much, and a model of the objective learns most.",
        )
    depending = conditional(space)
    if depending:
        more = f" and {len(depending) - NAMED} more" if len(depending) > NAMED else ""
        names = ", ".join(depending[:NAMED]) + more
        return (
            "tpe",
            f"tpe: {trials:,} trials are many, and {names} count in some combinations only.",
        )
    return (
        "tpe",
        f"tpe: {trials:,} trials are many, and its suggestions stay quick however many there are.",
    )


def _pruning(space: SearchSpace, trials: int) -> tuple[str, str]:
    epochs = longest(space)
    if not epochs:
        return "none", "No pruning: these networks have no number of epochs."
    if epochs < LONG:
        return "none", f"No pruning: {_counted(epochs, 'epoch')} at most are soon trained."
    if trials < COMPARABLE:
        return "none", f"No pruning: {_counted(trials, 'trial')} are too few to compare."
    return (
        "asha",
        f"asha: trainings of up to {epochs:,} epochs are worth ending early where they show no promise.",
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
