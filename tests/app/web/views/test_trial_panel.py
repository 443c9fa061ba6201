"""One trial beside the table of its experiment."""

from app.domain.terms import TrialState
from app.web.views.trial_panel import make_panel
from tests import factories


def test_a_panel_compares_a_trial_with_the_best_and_advises_after_a_failure(database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.completed_trial(session, made, 1, 2.0)
        other = factories.completed_trial(session, made, 2, 3.0)
        failed = factories.trial(session, made, 3, units_1=9)
        failed.state = TrialState.FAILED
        failed.failure_cause = "diverged"
        session.flush()

        panel = make_panel(session, other)
        panel_of_failed = make_panel(session, failed)

    assert panel.is_finished
    assert panel.difference == 0.5
    assert panel.advice is None
    assert panel_of_failed.difference is None
    assert panel_of_failed.advice
