"""The form that a suggestion fills."""

from app.domain.next_steps import NextStep, StepKind
from app.web.forms.next_step import step_fields
from tests import factories


def test_the_form_has_the_trials_parameters_but_for_the_change(database):
    step = NextStep(StepKind.LONGER_WINDOWS, "…", "Try windows of 9 rows", {"time_steps": 9})
    with database.write() as session:
        experiment = factories.experiment(session)
        trial = factories.completed_trial(session, experiment)

        fields = step_fields(trial, step)

        assert fields["space.time_steps.value"] == "9"
        assert fields["space.time_steps.kind"] == "fixed"
        assert fields["space.units_1.value"] == str(trial.parameters["units_1"])
        assert fields["name"].endswith("trial 1 with time_steps 9")
        assert fields["max_trials"] == "1"
