"""Uploads wait for a day to be looked at."""

from datetime import timedelta

import pytest

from app.db.models import Upload
from app.errors import Invalid, NotFound
from app.services import uploads
from tests.clock import now


def test_an_upload_is_kept_with_its_content_under_an_address_nobody_guesses(database):
    with database.write() as session:
        first, second = (uploads.create(session, "a.csv", b"a,b\n1,2\n") for _ in range(2))
        assert uploads.content(session, uploads.get(session, first.id)) == b"a,b\n1,2\n"
        assert len(first.id) == 32
        assert first.id != second.id


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("prices.csv", "prices.csv"),
        ("C:\\data\\prices.csv", "prices.csv"),
        ("../../etc/passwd", "passwd"),
        ("", "upload.csv"),
        ("dir/", "upload.csv"),
        ("\x00\u202e", "upload.csv"),
        ("x" * 10_000, "x" * 255),
    ],
)
def test_of_a_file_name_only_the_last_part_is_kept(database, sent, kept):
    with database.write() as session:
        assert uploads.create(session, sent, b"x").filename == kept


def test_an_upload_is_forgotten_after_a_day(database):
    with database.write() as session:
        old = uploads.create(session, "old.csv", b"x")
        old.created_at = now() - timedelta(days=1, seconds=1)
        session.flush()
        fresh = uploads.create(session, "new.csv", b"x")
        assert [row.id for row in session.query(Upload)] == [fresh.id]


def test_an_empty_file_is_refused_at_its_field(database):
    with database.write() as session, pytest.raises(Invalid) as caught:
        uploads.create(session, "a.csv", b" \n")
    assert caught.value.problems[0].loc == ("file",)


@pytest.mark.parametrize("upload_id", ["", "x", "../1", "0" * 32, "'; --", "\ud800", "x" * 10_000])
def test_an_upload_that_is_gone_is_said_to_be(database, upload_id):
    with database.read() as session, pytest.raises(NotFound, match="Send the CSV again"):
        uploads.get(session, upload_id)


def test_a_deleted_upload_is_gone(database):
    with database.write() as session:
        upload = uploads.create(session, "a.csv", b"x")
        uploads.delete(session, upload)
        assert session.query(Upload).count() == 0
