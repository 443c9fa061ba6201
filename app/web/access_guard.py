"""Whether a request may pass: checks tokens and cookies, slowly where they are guessed."""

import asyncio
import hmac
import logging
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_bytes

from starlette.requests import Request

from app.config import Settings
from app.web.guesses import GuessLimiter, find_subscriber

LOGGER_NAME = "foretune.access"
WRONG_TOKEN = "Wrong access token from %s at %s UTC"
TOKEN_PARAMETER = "token"


class AccessGuard:
    """Knows the token of a server, and what was proven to it since it started.

    A cookie has two parts. The first is a digest of the token: it survives a restart, and checking
    it takes a turn, because who guesses the token can make it. The second is made with a random key
    of this process, which nobody can guess: a browser that has it is never slowed.
    """

    def __init__(self, settings: Settings, limiter: GuessLimiter | None = None) -> None:
        self.settings = settings
        self._limiter = limiter or GuessLimiter()
        self._key = token_bytes(32)
        self._digest = sign(settings.token.encode(), "foretune browser")

    @property
    def cookie_name(self) -> str:
        """Its name. Browsers share cookies between the ports of a host."""
        return f"foretune-{self.settings.port}"

    @property
    def cookie_value(self) -> str:
        """Both parts. They do not tell the token, and a new token makes them invalid."""
        return f"{self._digest}.{self._proof}"

    @property
    def _proof(self) -> str:
        return sign(self._key, self._digest)

    def has_proof(self, request: Request) -> bool:
        """Whether a browser was let in since this server started."""
        cookie = request.cookies.get(self.cookie_name, "")
        _, _, proof = cookie.partition(".")
        return are_equal(proof, self._proof)

    async def has_right_token_in_url(self, request: Request) -> bool:
        """Check the token in a URL that was opened. Raises TooManyGuesses."""
        if request.method not in ("GET", "HEAD"):
            return False
        token = request.query_params.get(TOKEN_PARAMETER, "")
        return await self.is_right_token(request, token)

    async def has_right_bearer(self, request: Request) -> bool:
        """Check the token that a program sent. Raises TooManyGuesses."""
        authorization = request.headers.get("authorization", "")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        return await self.is_right_token(request, token.strip())

    async def has_right_cookie(self, request: Request) -> bool:
        """Check the cookie of an earlier run of this server. Raises TooManyGuesses."""
        cookie = request.cookies.get(self.cookie_name, "")
        digest, _, _ = cookie.partition(".")
        return await self._check(request, digest, self._digest)

    async def is_right_token(self, request: Request, token: str) -> bool:
        """Check a token in its turn. Raises TooManyGuesses."""
        return await self._check(request, token, self.settings.token)

    async def _check(self, request: Request, sent: str, expected: str) -> bool:
        if not sent or self._limiter.is_known_to_be_wrong(sent):
            return False
        address = ""
        if request.client is not None:
            address = request.client.host
        seconds = self._limiter.take_turn(address)
        if seconds > 0:
            await asyncio.sleep(seconds)
        if are_equal(sent, expected):
            self._limiter.give_back(address)
            return True
        self._limiter.remember_wrong(sent)
        logger = logging.getLogger(LOGGER_NAME)
        logger.warning(WRONG_TOKEN, find_subscriber(address), f"{datetime.now(UTC):%F %T}")
        return False


def sign(key: bytes, text: str) -> str:
    """A digest that only who has the key can make."""
    return hmac.new(key, text.encode(), sha256).hexdigest()


def are_equal(sent: str, expected: str) -> bool:
    """Compare in a time that does not tell how much of a secret is right."""
    return hmac.compare_digest(
        sent.encode("utf-8", "surrogatepass"),
        expected.encode(),
    )
