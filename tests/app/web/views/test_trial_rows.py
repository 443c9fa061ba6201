"""One page of the trial table with all that its cells show."""

from app.db.models import Experiment
from app.domain.search_space.parameters import CATALOGUE
from app.services import overviews
from app.services.trial_listing import TrialQuery
from app.web.views.trial_rows import make_rows
from app.web.views.trial_table import TableRequest, build_table
from tests import factories


def test_rows_have_bars_differences_and_curves_where_a_column_shows_them(database):
    with database.write() as session:
        made = factories.experiment(
            session, space={**factories.TINY, "units_1": {"integer": [2, 4]}}
        )
        best = factories.completed_trial(session, made, 1, 2.0, units_1=3)
        other = factories.completed_trial(session, made, 2, 3.0, units_1=4)
        session.flush()
        overview = overviews.build(session, made)

        rows = make_rows(session, made, table_of(made), overview)
        narrow = make_rows(session, made, table_of(made, "objective"), overview)

    assert [trial.number for trial in rows.trials.items] == [1, 2]
    assert rows.bar(best, "units_1") == 50
    assert rows.bar(best, "cell") is None
    assert rows.difference(other) == 0.5
    assert rows.sparklines.keys() <= {best.id, other.id}
    assert narrow.sparklines == {}


def table_of(experiment: Experiment, *columns: str):
    query = TrialQuery(sort="objective", catalogue=CATALOGUE)
    return build_table(TableRequest(query, columns, ()), experiment)
