"""Which trials a filter finds in the database."""

import pytest

from app.domain.terms import TrialState
from app.errors import Invalid
from app.schemas import TrialChange
from app.services import annotations, trial_listing
from app.services.trial_listing import TrialQuery
from tests import factories

SPACE = {**factories.TINY, "units_1": {"integer": [2, 99]}, "cell": {"choice": ["lstm", "gru"]}}
HEADINGS = {"validation_rmse": "validation RMSE", "number": "trial"}

NUMBERS_BY_FILTER = {
    "": [1, 2, 3, 4],
    "units_1>=32 cell=lstm objective<3.5": [1],
    "objective < 2": [2],
    "Validation  RMSE >= 1.5": [1, 2],
    "trial != 2": [1, 3, 4],
    "cell = gru or tag = Wide": [1, 2, 3],
    "(cell = gru or cell = lstm) and units_1 <= 16": [2, 3],
    "cell = gru or cell = lstm units_1 > 32": [2, 3, 4],
    "starred = yes": [2],
    "starred != yes": [1, 3, 4],
    "state = failed or state = queued": [3, 4],
    'tag = "a(b"': [1],
    "tag != Wide": [2, 3, 4],
    "shuffle = no cell=lstm": [1, 4],
    "duration > 3": [1, 2],
    "wide": [1],
    "50%": [1],
    "5_%": [],
    "diverg": [3],
    "queue": [4],
    "gru": [2, 3],
    "64": [4],
    "gru 8": [2],
    "units": [],
}


@pytest.fixture
def experiment_id(database) -> int:
    """Trials 1 to 4: completed LSTM and GRU, a failed one, and one that is queued."""
    with database.write() as session:
        made = factories.experiment(session, space=SPACE, max_trials=4)
        first = factories.completed_trial(session, made, 1, 3.0, units_1=32, cell="lstm")
        second = factories.completed_trial(session, made, 2, 1.5, units_1=8, cell="gru")
        third = factories.trial(session, made, 3, units_1=16, cell="gru")
        third.state = TrialState.FAILED
        third.failure_cause = "diverged"
        factories.trial(session, made, 4, units_1=64, cell="lstm")
        annotations.change_trial(session, first, TrialChange(tags=["Wide", "a(b"], notes="50% off"))
        annotations.change_trial(session, second, TrialChange(is_starred=True))
        return made.id


@pytest.mark.each_database
def test_a_filter_finds_the_trials_it_describes(database, experiment_id):
    with database.read() as session:
        found = {}
        for search in NUMBERS_BY_FILTER:
            query = TrialQuery(search=search, headings=HEADINGS)
            page = trial_listing.listing(session, experiment_id, query)
            found[search] = [trial.number for trial in page.items]

    assert found == NUMBERS_BY_FILTER


def test_a_mistake_keeps_the_trials_of_the_last_filter(database, experiment_id):
    wrong = TrialQuery(search="cell = lsmt")

    with database.read() as session:
        with pytest.raises(Invalid) as caught:
            trial_listing.listing(session, experiment_id, wrong)
        kept = trial_listing.list_or_fall_back(session, experiment_id, wrong, "cell = gru")
        unsorted = trial_listing.list_or_fall_back(session, experiment_id, TrialQuery(sort="x"), "")
        both = trial_listing.list_or_fall_back(session, experiment_id, wrong, "also wrong <")

    assert [offered.value for offered in caught.value.problems[0].offered] == ["lstm"]
    assert [trial.number for trial in kept.page.items] == [2, 3]
    assert kept.query.search == "cell = gru"
    assert kept.problem == 'cell takes lstm or gru, not "lsmt" (character 8).'
    assert (unsorted.page.total, unsorted.query.sort) == (4, "number")
    assert unsorted.problem == 'Trials cannot be sorted by "x".'
    assert (both.page.total, both.query.search, both.problem) == (4, "", kept.problem)
