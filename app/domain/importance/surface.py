"""The objective expected over the values of two hyperparameters, around the best trial."""

from dataclasses import dataclass

import numpy as np

from app.domain.importance.main_effect import Floats
from app.domain.importance.objective_model import ObjectiveModel
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Value


@dataclass(frozen=True)
class Surface:
    """What is expected of the best trial with the values of two hyperparameters changed.

    `mean` and its standard `deviation` have the shape (y values, x values); NaN where one of the
    two hyperparameters is inactive because of the other's value.
    `assumed_active`: those of the two that are inactive in the best trial whatever the other is,
    and are shown as if they were active.
    """

    x: Dimension
    y: Dimension
    x_values: tuple[Value, ...]
    y_values: tuple[Value, ...]
    mean: Floats
    deviation: Floats
    assumed_active: tuple[str, ...]


def predict_surface(fitted: ObjectiveModel, x: str, y: str) -> Surface:
    """Predict the objective at every pair of values of two searched hyperparameters."""
    anova = fitted.anova
    names = [effect.dimension.name for effect in anova.effects]
    x_index = names.index(x)
    y_index = names.index(y)
    x_effect = anova.effects[x_index]
    y_effect = anova.effects[y_index]
    changed = [
        {**fitted.best_parameters, x: x_value, y: y_value}
        for y_value in y_effect.values
        for x_value in x_effect.values
    ]
    points = anova.encode(changed)
    x_encoded = np.tile(x_effect.encoded_values, (len(y_effect.values), 1))
    y_encoded = np.repeat(y_effect.encoded_values, len(x_effect.values), axis=0)
    assumed_active = []
    for index, encoded in ((x_index, x_encoded), (y_index, y_encoded)):
        if not points.active[index].any():
            points.active[index] = 1.0
            points.coordinates[index][:] = encoded
            assumed_active.append(names[index])
    predicted = anova.predict_each(points)
    is_active = (points.active[x_index] * points.active[y_index]) > 0
    units = fitted.units
    mean = units.mean + units.deviation * predicted.mean
    deviation = units.deviation * np.sqrt(predicted.variance)
    shape = (len(y_effect.values), len(x_effect.values))
    return Surface(
        x=x_effect.dimension,
        y=y_effect.dimension,
        x_values=tuple(x_effect.values),
        y_values=tuple(y_effect.values),
        mean=np.where(is_active, mean, np.nan).reshape(shape),
        deviation=np.where(is_active, deviation, np.nan).reshape(shape),
        assumed_active=tuple(assumed_active),
    )
