"""Slows the guessing of the access token, without locking anybody out for good.

Every check of a token that has not been proven yet takes a turn, and turns are limited twice: for
one address, and for all together. Whoever is early waits for the turn; whoever would wait too long
is refused for now. A right token gives its turn back, so it is never slowed by itself.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import ceil
from secrets import token_bytes

from app.config import is_loopback

MAX_WAIT_SECONDS = 5.0
MAX_ADDRESSES = 10_000
MAX_WRONG_TOKENS = 1_000
PREFIX_OF_ONE_SUBSCRIBER = 64  # bits of an IPv6 address that one machine cannot change
UNKNOWN_ADDRESS = "an unknown address"


@dataclass(frozen=True)
class Rate:
    """So many turns at once, and after them one every so often."""

    n_at_once: int
    seconds_between: float


PER_ADDRESS = Rate(n_at_once=10, seconds_between=2.0)
OVERALL = Rate(n_at_once=50, seconds_between=0.2)


class TooManyGuesses(Exception):
    """So many tokens were wrong that this one cannot be checked soon."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no turn for {seconds:.1f} seconds")
        self.seconds = ceil(seconds)


class Turns:
    """The turns of one address, or of all: when the next is free (a leaky bucket)."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._next_at = 0.0

    def seconds_to_wait(self, now: float) -> float:
        """How long until a turn taken now begins."""
        seconds_at_once = (self._rate.n_at_once - 1) * self._rate.seconds_between
        return max(0.0, self._next_at - seconds_at_once - now)

    def take(self, now: float) -> None:
        self._next_at = max(self._next_at, now) + self._rate.seconds_between

    def give_back(self) -> None:
        self._next_at -= self._rate.seconds_between


class GuessLimiter:
    """Deals out turns, and remembers wrong tokens: one sent again is no new guess."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._overall = Turns(OVERALL)
        self._by_address: OrderedDict[str, Turns] = OrderedDict()
        self._wrong: OrderedDict[bytes, None] = OrderedDict()
        self._key = token_bytes(32)

    def take_turn(self, address: str) -> float:
        """Take a turn. Returns the seconds until it begins; raises TooManyGuesses."""
        now = self._clock()
        limits = self._turns_for(address)
        seconds = max(turns.seconds_to_wait(now) for turns in limits)
        if seconds > MAX_WAIT_SECONDS:
            raise TooManyGuesses(seconds)
        for turns in limits:
            turns.take(now)
        return seconds

    def give_back(self, address: str) -> None:
        """Give a turn back: the token was right."""
        for turns in self._turns_for(address):
            turns.give_back()

    def remember_wrong(self, token: str) -> None:
        """Remember a token that was wrong."""
        self._wrong[self._digest(token)] = None
        if len(self._wrong) > MAX_WRONG_TOKENS:
            self._wrong.popitem(last=False)

    def is_known_to_be_wrong(self, token: str) -> bool:
        """Whether this token was wrong a while ago, as of an open page with an old cookie."""
        return self._digest(token) in self._wrong

    def _turns_for(self, address: str) -> list[Turns]:
        """What limits an address. Loopback is everybody's, behind a proxy that tells no address."""
        if is_loopback(address):
            return [self._overall]
        subscriber = find_subscriber(address)
        turns = self._by_address.pop(subscriber, None) or Turns(PER_ADDRESS)
        self._by_address[subscriber] = turns
        if len(self._by_address) > MAX_ADDRESSES:
            self._by_address.popitem(last=False)
        return [turns, self._overall]

    def _digest(self, token: str) -> bytes:
        content = token.encode("utf-8", "surrogatepass")
        return blake2b(content, key=self._key, digest_size=16).digest()


def find_subscriber(address: str) -> str:
    """Whose address it is, as far as that can be told: an IPv6 network counts as one."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return UNKNOWN_ADDRESS
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    network = ip_network((int(parsed), PREFIX_OF_ONE_SUBSCRIBER), strict=False)
    return str(network)
