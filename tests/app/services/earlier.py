"""An earlier experiment and pasted lines that a search starts from."""

from app.db.models import Experiment
from app.domain.terms import TrialState
from tests import factories

SPACE = {**factories.TINY, "units_1": {"choice": [2, 3, 4, 5, 6]}}
CSV = "units_1,objective\n5,2.5\n6,1.5\n60,1.25\n"


def earlier_experiment(session, trials=2, **changes) -> Experiment:
    """An experiment with completed trials and a failed one, numbered after them."""
    experiment = factories.experiment(session, **{"space": SPACE, **changes})
    for number in range(1, trials + 1):
        factories.completed_trial(
            session, experiment, number, objective=float(number), units_1=number + 1
        )
    failed = factories.trial(session, experiment, trials + 1, units_1=6)
    failed.state = TrialState.FAILED
    session.flush()
    return experiment
