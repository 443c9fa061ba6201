"""Trainings with the same fingerprint have the same numbers."""

from app.domain.fingerprint import training_fingerprint
from app.domain.search_space.parameters import with_defaults
from app.domain.split import Split

PARAMETERS = with_defaults({"epochs": 20, "patience": 5, "units_1": 8})


def fingerprint_of(parameters, seed=1):
    return training_fingerprint("a series", Split(), seed, parameters)


def test_trials_that_differ_only_in_epochs_and_patience_share_a_training():
    longer = {**PARAMETERS, "epochs": 70, "patience": 0}

    assert fingerprint_of(longer) == fingerprint_of(PARAMETERS)


def test_every_other_hyperparameter_and_the_seed_make_another_training():
    wider = {**PARAMETERS, "units_1": 9}

    assert fingerprint_of(wider) != fingerprint_of(PARAMETERS)
    assert fingerprint_of(PARAMETERS, seed=2) != fingerprint_of(PARAMETERS)
