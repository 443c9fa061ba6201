"""The form for a search around one trial."""

from app.db.models import Trial
from app.domain.search_space.neighbourhood import space_around
from app.domain.terms import Part, TrialState
from app.web.forms.experiment import MAX_EXPERIMENT_NAME_LENGTH, experiment_fields, trial_fields
from app.web.forms.space_editor import space_fields
from app.web.forms.warm_start import warm_start_fields
from app.web.views.trial_table import varied_parameters

N_TRIALS_AROUND = 20
MAX_FRACTION_OF_TRAIN = 0.25  # of the train part, that windows and batches may have


def fields_from_trial(trial: Trial, *, longer: bool, around: bool) -> dict[str, str]:
    """The fields for one trial like another, or for a search around it."""
    if around:
        return around_fields(trial)
    return trial_fields(trial, longer=longer)


def around_fields(trial: Trial) -> dict[str, str]:
    """The fields for a search near a trial's parameters that starts from its experiment's trials.

    A trial without a result may have no neighbour with one: a search around it starts from nothing.
    """
    experiment = trial.experiment
    train_rows = len(experiment.split.parts(experiment.dataset.rows)[Part.TRAIN])
    most = float(int(MAX_FRACTION_OF_TRAIN * train_rows))
    space = space_around(
        experiment.space,
        trial.parameters,
        varied_parameters(experiment),
        {"time_steps": most, "batch_size": most},
    )
    is_result = trial.state == TrialState.COMPLETED and trial.objective is not None
    earlier_ids = [experiment.id] if is_result else []
    name = f"{experiment.name}, around trial {trial.number}"
    fields = {
        "name": name[:MAX_EXPERIMENT_NAME_LENGTH],
        "strategy": "mutate",
        "max_trials": str(N_TRIALS_AROUND),
        "points": "",
        "budget_minutes": "",
    }
    return {
        **experiment_fields(experiment),
        **space_fields(space, experiment.catalogue),
        **warm_start_fields(earlier_ids=earlier_ids),
        **fields,
    }
