"""How an experiment was set up, as titles and texts, for a report."""

from app.db.models import Experiment
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.space import SearchSpace, describe_size
from app.domain.terms import Delivered, Objective
from app.web.formats import duration, percent, timestamp, value

SetupRow = tuple[str, str]


def list_setup(experiment: Experiment, space: SearchSpace, rows_ahead: str) -> list[SetupRow]:
    """Its dataset, split, strategy, budget and times."""
    dataset = experiment.dataset
    network = "built-in"
    if experiment.custom_model_name is not None:
        network = f"{experiment.custom_model_name}.py, as it was then"
    objective = "val_loss, in scaled units"
    if experiment.objective == Objective.RMSE:
        objective = "validation RMSE in the units of the CSV"
    delivers = "a mean, or one forecast"
    if experiment.deliver == Delivered.SINGLE:
        delivers = "the best trial"
    budget = "none"
    if experiment.time_budget_seconds:
        budget = duration(experiment.time_budget_seconds)
    span = f"{dataset.first_at.date()} to {dataset.last_at.date()}"
    return [
        ("Dataset", f"{dataset.name}, {dataset.rows:,} rows, {span}"),
        ("Target", dataset.target),
        ("Features", ", ".join(dataset.features) or "none"),
        ("Split", describe_split(experiment)),
        ("Rows ahead", rows_ahead),
        ("Objective", objective),
        ("Network", network),
        ("Search space", describe_size(space)),
        ("Strategy", experiment.strategy),
        ("Pruning", experiment.pruning),
        ("Chosen, and why", experiment.choice_reason or ""),
        ("Delivered model", delivers),
        ("Trials at most", f"{experiment.max_trials:,}"),
        ("Time budget", budget),
        ("Seed", str(experiment.seed)),
        ("Created", timestamp(experiment.created_at)),
        ("Started", timestamp(experiment.started_at)),
        ("Finished", timestamp(experiment.finished_at)),
    ]


def describe_split(experiment: Experiment) -> str:
    """The three parts in percent of the rows."""
    split = experiment.split
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    return ", ".join(f"{name} {percent(fraction, 0)}" for name, fraction in parts.items())


def list_searched(space: SearchSpace) -> list[SetupRow]:
    """What is searched: each hyperparameter and its values or its range."""
    return [(dimension.name, describe_dimension(dimension)) for dimension in space.searched]


def describe_dimension(dimension: Dimension) -> str:
    """The values of a hyperparameter, or its range, and when it counts."""
    if dimension.values:
        text = ", ".join(map(value, dimension.values))
    else:
        text = f"{dimension.kind} {value(dimension.low)} to {value(dimension.high)}"
        if dimension.step and dimension.step != 1:
            text += f" in steps of {value(dimension.step)}"
    for other, allowed in (dimension.when or {}).items():
        text += f", when {other} is {' or '.join(map(value, allowed))}"
    return text
