"""The rows that an experiment forecasts, with the time that they are."""

from app.services.rows_ahead import describe_horizon, describe_rows
from tests import factories


def test_rows_ahead_are_told_with_the_time_of_the_dataset(database):
    with database.write() as session:
        experiment = factories.experiment(session)

        assert describe_horizon(session, experiment) == "1 row = one day"
        assert describe_rows(session, experiment.dataset, 7) == "7 rows = one week"
