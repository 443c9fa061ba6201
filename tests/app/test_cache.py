"""A value is made once for all who ask, is no older than allowed, and ends with a new version."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.cache import Cache

MAX_AGE = 0.5


class CountingMaker:
    """Makes another value each time."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.calls = 0
        self.seconds = seconds

    def __call__(self) -> str:
        self.calls += 1
        time.sleep(self.seconds)
        return f"value {self.calls}"


def make_cache(**options) -> Cache[str, str]:
    return Cache(**{"max_items": 10, "max_age_seconds": MAX_AGE, **options})


def test_all_who_ask_at_once_share_one_value_however_long_it_takes():
    cache = make_cache()
    make = CountingMaker(seconds=2 * MAX_AGE)
    everyone = threading.Barrier(8)

    def ask(_: int) -> str:
        everyone.wait()
        return cache.get_or_make("/experiments/1/live", make)

    with ThreadPoolExecutor(8) as pool:
        values = set(pool.map(ask, range(8)))

    assert values == {"value 1"}


def test_a_value_is_not_older_than_allowed():
    cache = make_cache()
    make = CountingMaker()

    assert cache.get_or_make("/a", make) == "value 1"
    assert cache.get_or_make("/a", make) == "value 1"
    time.sleep(MAX_AGE + 0.05)
    assert cache.get_or_make("/a", make) == "value 2"


def test_without_a_limit_of_age_a_value_stays():
    moment = [0.0]
    cache: Cache[str, str] = Cache(max_items=10, clock=lambda: moment[0])
    make = CountingMaker()
    cache.get_or_make("/a", make)

    moment[0] = 1e9

    assert cache.get_or_make("/a", make) == "value 1"


def test_each_key_has_its_own_value_and_a_new_version_ends_them():
    cache = make_cache()
    make = CountingMaker()

    assert cache.get_or_make("/a", make, version=0) == "value 1"
    assert cache.get_or_make("/b", make, version=0) == "value 2"
    assert cache.get_or_make("/a", make, version=1) == "value 3"


def test_nothing_is_kept_when_making_a_value_fails():
    cache = make_cache()

    def fail() -> str:
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError, match="no database"):
        cache.get_or_make("/a", fail)
    assert cache.get_or_make("/a", CountingMaker()) == "value 1"


def test_the_oldest_value_leaves_when_there_are_too_many():
    cache = make_cache(max_items=3)
    for number in range(5):
        cache.get_or_make(f"/trials/{number}/live", CountingMaker())

    make = CountingMaker()
    newest = cache.get_or_make("/trials/4/live", make)
    oldest = cache.get_or_make("/trials/0/live", make)

    assert len(cache) == 3
    assert make.calls == 1
    assert newest == oldest == "value 1"


def test_values_that_are_no_longer_handed_out_are_forgotten():
    moment = [0.0]
    cache = make_cache(clock=lambda: moment[0])
    for number in range(5):
        cache.get_or_make(f"/trials/{number}/live", CountingMaker())

    moment[0] = MAX_AGE
    cache.get_or_make("/trials/5/live", CountingMaker())

    assert len(cache) == 1


def test_a_value_that_was_made_elsewhere_is_kept_and_found():
    cache = make_cache()

    cache.keep("/a", "kept")

    assert cache.find("/a") == "kept"
    assert cache.get_or_make("/a", CountingMaker()) == "kept"
    assert cache.find("/b") is None


def test_values_that_are_made_many_at_once_are_made_once_each():
    cache = make_cache()
    asked = []

    def make(numbers):
        asked.append(numbers)
        return {number: f"value {number}" for number in numbers if number != 3}

    first = cache.find_or_make_many({1: "/a", 2: "/b", 3: "/c"}, make)
    second = cache.find_or_make_many({2: "/b", 3: "/c", 4: "/d"}, make)

    assert first == {1: "value 1", 2: "value 2"}
    assert second == {2: "value 2", 4: "value 4"}
    assert asked == [[1, 2, 3], [3, 4]]
    assert cache.get_or_make("/d", CountingMaker()) == "value 4"
