"""A request that is sent twice takes effect once."""

from datetime import timedelta

from app.db.models import RequestKey
from app.services import one_time
from app.services.one_time import KEPT_FOR, make_digest
from tests.clock import now


def test_the_second_request_with_a_key_finds_what_the_first_led_to(database):
    digest = make_digest("key", "/experiments", "body")

    with database.write() as session:
        before = one_time.find_result(session, digest)
        one_time.store_result(session, digest, "/experiments/1")
    with database.write() as session:
        after = one_time.find_result(session, digest)
        is_first = one_time.is_first(session, digest, "/experiments/2")

    assert before is None
    assert after == "/experiments/1"
    assert not is_first


def test_a_request_without_a_key_is_always_the_first(database):
    with database.write() as session:
        assert one_time.is_first(session, None, "x")
        assert one_time.is_first(session, None, "x")
        assert session.query(RequestKey).count() == 0


def test_what_differs_in_any_part_is_another_request():
    digests = {
        make_digest("key", "/a", "body"),
        make_digest("key", "/a", "other"),
        make_digest("key", "/b", "body"),
        make_digest("other", "/a", "body"),
        make_digest("key", "/", "abody"),
        make_digest("key", "/a", "\ud800"),
    }

    assert len(digests) == 6


def test_keys_are_kept_for_a_day(database):
    with database.write() as session:
        old = now() - KEPT_FOR - timedelta(minutes=1)
        session.add(RequestKey(digest="old", result="x", created_at=old))
        session.add(RequestKey(digest="new", result="x"))
        session.flush()

        one_time.store_result(session, "newest", "x")

        assert {key.digest for key in session.query(RequestKey)} == {"new", "newest"}


def test_keys_are_kept_up_to_a_bound(database, monkeypatch):
    monkeypatch.setattr(one_time, "MAX_KEYS", 3)

    with database.write() as session:
        for number in range(8):
            one_time.store_result(session, str(number), "x")

        assert {key.digest for key in session.query(RequestKey)} == {"5", "6", "7"}
