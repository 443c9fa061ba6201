"""How long a search will take on this installation."""

from collections.abc import Mapping
from itertools import islice
from statistics import mean, median
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.cost import CostModel, Seen, fit
from app.domain.fingerprint import READ_OFF
from app.domain.space import SearchSpace
from app.models import Dataset, Epoch, Experiment, Trial

LATEST = 200  # trainings looked at
SAMPLED = 60  # configurations of a space
ENUMERATED = 3000


def cost_model(session: Session) -> CostModel:
    """Fitted on the latest trainings of this installation."""
    latest = (
        select(Trial.training_id, Trial.parameters, Experiment.train_fraction, Dataset.rows, Dataset.features)
        .join(Experiment, Experiment.id == Trial.experiment_id)
        .join(Dataset, Dataset.id == Experiment.dataset_id)
        .where(Trial.epochs_trained > 1)
        .order_by(Trial.id.desc())
        .limit(LATEST)
    )
    rows = {row.training_id: row for row in session.execute(latest)}
    seconds: dict[int, list[float]] = {}
    query = select(Epoch.training_id, Epoch.seconds).where(Epoch.training_id.in_(rows), Epoch.number > 1)
    for training_id, spent in session.execute(query):
        seconds.setdefault(training_id, []).append(spent)
    return fit(
        Seen(
            rows[key].parameters, int(rows[key].rows * rows[key].train_fraction), len(rows[key].features), median(found)
        )
        for key, found in seconds.items()
    )


def search_seconds(
    model: CostModel,
    space: SearchSpace,
    dataset: Dataset,
    train_fraction: float,
    *,
    strategy: str,
    trials: int,
    slots: int,
) -> float:
    """Seconds a search is expected to take with so many slots. A grid's trials share trainings, and that counts."""
    rows, features = int(dataset.rows * train_fraction), len(dataset.features)

    def seconds(parameters: Mapping[str, Any]) -> float:
        return model.training_seconds(parameters, rows, features)

    if strategy == "grid" and not space.continuous:
        longest: dict[object, float] = {}
        for parameters in islice(space.grid(), min(trials, ENUMERATED)):
            key = tuple(item for item in parameters.items() if item[0] not in READ_OFF)
            longest[key] = max(longest.get(key, 0.0), seconds(parameters))
        seen = min(trials, ENUMERATED)
        return sum(longest.values()) * max(1.0, trials / seen) / max(1, slots)
    generator = np.random.default_rng(0)
    usual = mean(seconds(space.sample(generator)) for _ in range(SAMPLED))
    size = space.size()
    return usual * (min(trials, size) if size else trials) / max(1, min(slots, trials))
