"""A CSV that is sent while it is still being read."""

from collections.abc import Generator
from itertools import chain

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class StreamedCsv(StreamingResponse):
    """Text from a generator, whose first part is made at once: its errors come before the answer.

    An error later on ends the connection, so that no browser takes half a file for a whole one. The
    generator is closed at its end and when the reader goes away, with all that it holds open.
    """

    def __init__(self, texts: Generator[str], headers: dict[str, str]) -> None:
        first = next(texts, "")
        super().__init__(chain([first], texts), media_type="text/csv", headers=headers)
        self._texts = texts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._texts.close()
