"""What a cell of the trial table adds to the filter."""

import pytest

from app.web.views.trial_columns import MEASURES, STATE_COLUMN, Column
from app.web.views.trial_filter import write_condition

MEASURES_BY_NAME = {column.name: column for column in MEASURES}
UNITS = Column("units_1", "units_1", "value", "parameters.units_1", is_parameter=True)


@pytest.mark.parametrize(
    ("column", "content", "condition"),
    [
        (UNITS, 32, "units_1 = 32"),
        (UNITS, 0.1, "units_1 = 0.1"),
        (UNITS, True, "units_1 = yes"),
        (UNITS, "a (b)", 'units_1 = "a (b)"'),
        (UNITS, None, ""),
        (STATE_COLUMN, "failed", "state = failed"),
        (MEASURES_BY_NAME["best_epoch"], 7, "best_epoch = 7"),
        (MEASURES_BY_NAME["objective"], 0.4612345, "objective <= 0.46124"),
        (MEASURES_BY_NAME["objective"], 1234567.8, "objective <= 1.2346e+06"),
        (MEASURES_BY_NAME["validation_skill"], 0.4612345, "validation_skill >= 0.46123"),
        (MEASURES_BY_NAME["validation_skill"], -0.4612345, "validation_skill >= -0.46124"),
    ],
)
def test_a_cell_adds_its_value_and_a_measured_one_what_is_as_good(column, content, condition):
    assert write_condition(column, content) == condition
