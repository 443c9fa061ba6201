"""Open pages share a response for half a second, and no longer than until this server writes."""

import time

from app.web.response_cache import MAX_SHARED_RESPONSES, SHARED_SECONDS, ResponseCache
from tests import factories


def ask_for(cache: ResponseCache[str], address: str, content: str) -> str:
    return cache.get_or_make(address, lambda: content)


def test_a_response_is_shared_for_half_a_second(database):
    cache: ResponseCache[str] = ResponseCache(database)

    assert ask_for(cache, "/a", "first") == "first"
    assert ask_for(cache, "/a", "second") == "first"
    time.sleep(SHARED_SECONDS + 0.05)
    assert ask_for(cache, "/a", "third") == "third"


def test_a_write_of_this_server_ends_what_is_shared(database):
    cache: ResponseCache[str] = ResponseCache(database)
    ask_for(cache, "/a", "before")

    with database.write() as session:
        factories.dataset(session)

    assert ask_for(cache, "/a", "after") == "after"


def test_only_so_many_responses_are_kept(database):
    cache: ResponseCache[str] = ResponseCache(database)

    for number in range(3 * MAX_SHARED_RESPONSES):
        ask_for(cache, f"/trials/{number}/live", "fragment")

    assert len(cache) <= MAX_SHARED_RESPONSES


def test_a_page_sees_at_once_what_was_asked_of_this_server(client, database):
    with database.write() as session:
        url = f"/experiments/{factories.experiment(session).id}"
    before = client.get(f"{url}/live").text

    client.post(f"{url}/stop")

    assert client.get(f"{url}/live").text != before
