"""The form for a trial like another one with a suggested change."""

from app.db.models import Trial
from app.domain.next_steps import NextStep
from app.web.forms.experiment import MAX_EXPERIMENT_NAME_LENGTH, trial_fields
from app.web.forms.fields import format_value


def step_fields(trial: Trial, step: NextStep) -> dict[str, str]:
    """The fields for one trial with the parameters of another and the change of a step."""
    fields = trial_fields(trial, longer=False)
    changed = ", ".join(f"{name} {value}" for name, value in step.changes.items())
    name = f"{trial.experiment.name}, trial {trial.number} with {changed}"
    fields["name"] = name[:MAX_EXPERIMENT_NAME_LENGTH]
    for parameter, value in step.changes.items():
        fields[f"space.{parameter}.kind"] = "fixed"
        fields[f"space.{parameter}.value"] = format_value(value)
    return fields
