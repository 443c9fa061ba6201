"""Log lines that others can cause at any rate."""

import logging

from app.web.repeated_logs import RepeatFilter


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("server", logging.WARNING, "", 1, message, arguments, None)


def test_a_repeated_message_is_written_once_a_minute_and_counted():
    now = [0.0]
    repeats = RepeatFilter(["Accept failed"], clock=lambda: now[0])

    written = [repeats.filter(record("Accept failed on %s", number)) for number in range(500)]
    now[0] = 61
    later = record("Accept failed on %s", 9)
    is_later_written = repeats.filter(later)

    assert written.count(True) == 1
    assert is_later_written
    assert later.getMessage() == ("Accept failed on 9 (499 more like it since the last such line)")


def test_other_messages_always_pass():
    repeats = RepeatFilter(["Accept failed"])

    assert all(repeats.filter(record("Exception in ASGI application")) for _ in range(3))
