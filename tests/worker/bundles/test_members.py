"""What a bundle's members need, and where their files are."""

from pathlib import Path

from worker.bundles.members import BaselineMember, NetworkMember


def write_nothing(folder: Path) -> None:
    """The model of a member whose files nobody looks at."""


def test_a_baseline_needs_as_many_rows_as_its_longest_lag():
    assert BaselineMember("naive", 1.0, {}).rows_before == 1
    assert BaselineMember("ridge", 1.0, {"lags": []}).rows_before == 1
    assert BaselineMember("seasonal_naive", 1.0, {"season": 12}).rows_before == 12
    assert BaselineMember("ridge", 1.0, {"lags": [1, 24, 168]}).rows_before == 168


def test_a_network_that_is_alone_lies_beside_the_script():
    network = NetworkMember("trial 12", 1.0, {"rows_before": 31}, write_nothing)

    assert network.folder(is_alone=True) == "."
    assert network.folder(is_alone=False) == "members/trial-12"
    assert network.rows_before == 31
