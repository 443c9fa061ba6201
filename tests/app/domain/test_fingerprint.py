"""Trainings with the same fingerprint have the same numbers."""

from app.domain.fingerprint import training_fingerprint
from app.domain.search_space.parameters import with_defaults
from app.domain.split import Split

PARAMETERS = with_defaults({"epochs": 20, "patience": 5, "units_1": 8})


def fingerprint_of(parameters, seed=1, season_lengths=(), **settings):
    return training_fingerprint(
        "a series", Split(), seed, parameters, season_lengths=season_lengths, **settings
    )


def test_trials_that_differ_only_in_epochs_and_patience_share_a_training():
    longer = {**PARAMETERS, "epochs": 70, "patience": 0}

    assert fingerprint_of(longer) == fingerprint_of(PARAMETERS)


def test_every_other_hyperparameter_and_the_seed_make_another_training():
    wider = {**PARAMETERS, "units_1": 9}

    assert fingerprint_of(wider) != fingerprint_of(PARAMETERS)
    assert fingerprint_of(PARAMETERS, seed=2) != fingerprint_of(PARAMETERS)


def test_a_training_without_extra_inputs_has_the_fingerprint_of_earlier_versions():
    earlier = dict(PARAMETERS)
    del earlier["calendar"]
    del earlier["season_lags"]

    assert fingerprint_of(PARAMETERS, season_lengths=(24.0,)) == fingerprint_of(earlier)


def test_the_seasons_count_where_their_lags_are_inputs():
    lagged = {**PARAMETERS, "season_lags": "season"}

    assert fingerprint_of(lagged, season_lengths=(24,)) != fingerprint_of(PARAMETERS)
    assert fingerprint_of(lagged, season_lengths=(24,)) != fingerprint_of(
        lagged, season_lengths=(24, 168)
    )


def test_another_horizon_makes_another_training_and_one_row_ahead_the_earlier_one():
    assert fingerprint_of(PARAMETERS, horizon=1) == fingerprint_of(PARAMETERS)
    assert len({fingerprint_of(PARAMETERS, horizon=horizon) for horizon in (1, 2, 24)}) == 3
