"""A CSV that is sent while it is still being read."""

import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import ClientDisconnect

from app.web.streamed_csv import StreamedCsv

SCOPE = {"type": "http", "asgi": {"spec_version": "2.4"}}


def texts(closed: list[bool], fails_at: int | None = None) -> Generator[str]:
    try:
        for number in range(5):
            if number == fails_at:
                raise ValueError(number)
            yield f"{number}\r\n"
    finally:
        closed.append(True)


def send_all(response: StreamedCsv, messages: list[dict], max_messages: int = 100) -> None:
    async def receive():
        return await asyncio.Event().wait()

    async def send(message):
        if len(messages) == max_messages:
            raise OSError("the reader is gone")
        messages.append(message)

    with ThreadPoolExecutor(1) as threads:  # where no other test has left an event loop running
        threads.submit(lambda: asyncio.run(response(SCOPE, receive, send))).result()


def test_it_is_sent_part_by_part_and_closed_at_its_end():
    closed: list[bool] = []
    messages: list[dict] = []
    response = StreamedCsv(texts(closed), {})

    send_all(response, messages)

    bodies = [message["body"] for message in messages[1:]]
    assert bodies == [b"0\r\n", b"1\r\n", b"2\r\n", b"3\r\n", b"4\r\n", b""]
    assert closed == [True]


def test_it_is_closed_when_the_reader_goes_away():
    closed: list[bool] = []
    response = StreamedCsv(texts(closed), {})

    with pytest.raises(ClientDisconnect):
        send_all(response, [], max_messages=2)

    assert closed == [True]


def test_an_error_of_its_first_part_comes_before_the_answer():
    with pytest.raises(ValueError, match="0"):
        StreamedCsv(texts([], fails_at=0), {})


def test_a_later_error_leaves_the_file_visibly_incomplete():
    messages: list[dict] = []
    response = StreamedCsv(texts([], fails_at=3), {})

    with pytest.raises(ValueError, match="3"):
        send_all(response, messages)

    assert messages[-1]["more_body"]
