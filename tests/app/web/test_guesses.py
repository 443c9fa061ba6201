"""How fast a token can be guessed."""

import pytest

from app.web.guesses import (
    MAX_ADDRESSES,
    MAX_WAIT_SECONDS,
    MAX_WRONG_TOKENS,
    OVERALL,
    PER_ADDRESS,
    GuessLimiter,
    TooManyGuesses,
    find_subscriber,
)

STRANGER = "203.0.113.9"


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limiter(clock):
    return GuessLimiter(clock)


def count_turns(limiter: GuessLimiter, addresses: list[str], tries: int = 1000) -> int:
    """How many of so many guesses at this moment get a turn."""
    n_turns = 0
    for index in range(tries):
        try:
            limiter.take_turn(addresses[index % len(addresses)])
        except TooManyGuesses:
            continue
        n_turns += 1
    return n_turns


def test_one_address_gets_some_turns_at_once_and_then_one_every_two_seconds(limiter, clock):
    at_once = count_turns(limiter, [STRANGER])
    clock.now += 100
    later = count_turns(limiter, [STRANGER])

    waiting = MAX_WAIT_SECONDS / PER_ADDRESS.seconds_between
    assert at_once <= PER_ADDRESS.n_at_once + waiting
    assert later <= PER_ADDRESS.n_at_once + waiting


def test_many_addresses_together_are_limited_too(limiter, clock):
    addresses = [f"198.51.100.{number}" for number in range(200)]

    at_once = count_turns(limiter, addresses)
    clock.now += 1
    a_second_later = count_turns(limiter, addresses)

    assert at_once <= OVERALL.n_at_once + MAX_WAIT_SECONDS / OVERALL.seconds_between
    assert a_second_later <= 1 / OVERALL.seconds_between


def test_another_address_is_not_slowed_by_one_that_guesses(limiter):
    count_turns(limiter, [STRANGER])

    assert limiter.take_turn("198.51.100.1") == 0


def test_nobody_is_locked_out_for_good(limiter, clock):
    count_turns(limiter, [STRANGER])
    with pytest.raises(TooManyGuesses) as refusal:
        limiter.take_turn(STRANGER)

    clock.now += refusal.value.seconds

    assert limiter.take_turn(STRANGER) <= MAX_WAIT_SECONDS


def test_a_right_token_never_uses_turns_up(limiter):
    for _ in range(1000):
        assert limiter.take_turn(STRANGER) == 0
        limiter.give_back(STRANGER)


def test_behind_a_proxy_that_tells_no_address_only_the_sum_is_limited(limiter):
    assert count_turns(limiter, ["127.0.0.1"]) > 2 * PER_ADDRESS.n_at_once
    with pytest.raises(TooManyGuesses):
        limiter.take_turn("127.0.0.1")


def test_a_wrong_token_is_remembered_up_to_a_bound(limiter):
    for number in range(MAX_WRONG_TOKENS + 1):
        limiter.remember_wrong(f"wrong {number}")

    assert not limiter.is_known_to_be_wrong("wrong 0")
    assert limiter.is_known_to_be_wrong(f"wrong {MAX_WRONG_TOKENS}")
    assert not limiter.is_known_to_be_wrong("\ud800")


def test_addresses_are_remembered_up_to_a_bound(limiter, clock):
    for number in range(MAX_ADDRESSES + 50):
        clock.now += 1
        limiter.take_turn(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    assert len(limiter._by_address) == MAX_ADDRESSES


@pytest.mark.parametrize(
    ("address", "subscriber"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("unknown\nADMIN logged in", "an unknown address"),
        ("", "an unknown address"),
    ],
)
def test_an_address_stands_for_whoever_has_it(address, subscriber):
    assert find_subscriber(address) == subscriber
