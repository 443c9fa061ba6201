"""What several pages ask for at once is made once, is no older than half a second, and ends with a write."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.web.response_cache import MOST_SHARED, SHARED_SECONDS, Sharing
from tests import factories


class Maker:
    """Counts how often it is asked."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.calls, self.seconds = 0, seconds

    def __call__(self) -> bytes:
        """Another body each time."""
        self.calls += 1
        time.sleep(self.seconds)
        return f"answer {self.calls}".encode()


def test_pages_that_ask_at_once_share_one_answer_however_long_it_takes():
    sharing, make, together = Sharing(), Maker(2 * SHARED_SECONDS), threading.Barrier(8)

    def ask(_: int) -> bytes:
        together.wait()
        return sharing.made("/experiments/1/live", 0, make)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {b"answer 1"}


def test_an_answer_is_not_older_than_half_a_second():
    sharing, make = Sharing(), Maker()
    assert sharing.made("/a", 0, make) == b"answer 1"
    assert sharing.made("/a", 0, make) == b"answer 1"
    time.sleep(SHARED_SECONDS + 0.05)
    assert sharing.made("/a", 0, make) == b"answer 2"


def test_a_write_of_this_server_ends_it_and_other_addresses_have_their_own():
    sharing, make = Sharing(), Maker()
    assert sharing.made("/a", 0, make) == b"answer 1"
    assert sharing.made("/b", 0, make) == b"answer 2"
    assert sharing.made("/a", 1, make) == b"answer 3"


def test_an_answer_that_could_not_be_made_is_not_kept():
    def fail() -> bytes:
        raise RuntimeError("no database")

    sharing = Sharing()
    with pytest.raises(RuntimeError, match="no database"):
        sharing.made("/a", 0, fail)
    assert sharing.made("/a", 0, Maker()) == b"answer 1"


def test_it_keeps_only_so_many():
    sharing = Sharing()
    for number in range(3 * MOST_SHARED):
        sharing.made(f"/trials/{number}/live", 0, Maker())
    assert len(sharing._made) <= MOST_SHARED


def test_a_page_sees_at_once_what_was_asked_of_this_server(client, database):
    with database.write() as session:
        url = f"/experiments/{factories.experiment(session).id}"
    live = f"{url}/live"
    before = client.get(live).text
    client.post(f"{url}/stop")
    assert client.get(live).text != before
