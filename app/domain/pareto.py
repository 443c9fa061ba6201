"""Which trials are worth their cost: the Pareto front, and the simplest good trial."""

from collections.abc import Sequence

FRACTION_WITHOUT_ERROR = 0.01  # of the best objective: as good, where no standard error is known


def find_front(costs: Sequence[float], objectives: Sequence[float]) -> list[int]:
    """The indices of those that no other beats in both, the cheapest first.

    Of equal ones the first.
    """
    order = sorted(range(len(costs)), key=lambda index: (costs[index], objectives[index], index))
    front: list[int] = []
    for index in order:
        if not front or objectives[index] < objectives[front[-1]]:
            front.append(index)
    return front


def good_margin(best_objective: float, standard_error: float | None) -> float:
    """How much worse than the best an objective may be and count as good.

    One standard error of the best, as in the rule of Breiman et al. (1984); 1 % of the objective
    where there is none.
    """
    if standard_error:
        return standard_error
    return FRACTION_WITHOUT_ERROR * abs(best_objective)


def find_simplest_good(
    costs: Sequence[float], objectives: Sequence[float], margin: float
) -> int | None:
    """The index of the cheapest whose objective is at most `margin` above the best.

    Of equally cheap ones the best; None where there are none.
    """
    if not objectives:
        return None
    limit = min(objectives) + margin
    good = [index for index, objective in enumerate(objectives) if objective <= limit]
    return min(good, key=lambda index: (costs[index], objectives[index], index))
