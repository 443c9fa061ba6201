"""Settings, read from FORETUNE_* environment variables."""

import os
import re
from functools import cached_property
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated
from urllib.parse import quote

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.terms import Keep

VERSION = version("foretune")
HERE = Path(__file__).resolve().parent


def house(room: str) -> Path:
    """The folder of templates, static files or migrations: beside `app` in a checkout, inside it when installed."""
    checkout = HERE.parent / room
    return checkout if checkout.is_dir() else HERE / "_house" / room


class TokenRequired(ValueError):
    """Others can reach the server and there is no access token; which setting to add, in words."""


class Settings(BaseSettings):
    """Where Foretune keeps its data and how it serves and trains."""

    model_config = SettingsConfigDict(env_prefix="FORETUNE_", extra="ignore")

    data: Path = Field(Path("data"), description="Folder of the database")
    database_url: str = Field(
        "", description="SQLAlchemy URL; empty: a SQLite file in the data folder"
    )
    host: str = Field("127.0.0.1", description="Address the server listens on")
    port: int = Field(8000, ge=0, le=65535, description="Port the server listens on")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Host names, comma separated, the server answers to beside localhost",
    )
    token: str = Field(
        "",
        repr=False,
        description="Access token; empty: none, or a random one where others reach it",
    )
    slots: int = Field(
        0, ge=0, le=256, description="Trials trained at once by a worker; 0: one per core"
    )
    upload_limit_mb: int = Field(50, ge=1, le=2000, description="Largest CSV accepted, in MB")
    lease_seconds: float = Field(30.0, gt=0, description="How long a silent worker keeps a trial")
    heartbeat_seconds: float = Field(5.0, gt=0, description="How often a worker renews its leases")
    hung_seconds: float = Field(
        60.0, gt=0, description="Seconds without an epoch after which a trial counts as hung"
    )
    slot_memory_mb: int = Field(0, ge=0, description="Memory one slot may hold, in MB; 0: no limit")
    output_limit_mb: int = Field(
        200, ge=1, le=900, description="Largest model or checkpoint stored, in MB"
    )
    keep_checkpoints: Keep = Field(
        Keep.RESUMABLE,
        description="Whose state of training stays: all, resumable, or best (the best models alone)",
    )
    trials_per_slot: int = Field(
        25, ge=1, description="Trials after which a slot's process is replaced"
    )
    log_level: str = Field("info", description="debug, info, warning or error")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        if isinstance(value, str):
            return [name.strip().lower() for name in value.split(",") if name.strip()]
        return value

    @field_validator("token")
    @classmethod
    def _is_a_token(cls, value: str) -> str:
        if value and not re.fullmatch(r"[!-~]{8,200}", value):
            raise ValueError(
                "A token is 8 to 200 letters, digits and signs of ASCII, without spaces."
            )
        return value

    @cached_property
    def url(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{(self.data / 'foretune.db').resolve()}"

    @cached_property
    def slot_count(self) -> int:
        """Trials trained at once: what was asked for, else the cores this process may use."""
        return self.slots or len(os.sched_getaffinity(0))

    @property
    def silent_seconds(self) -> float:
        """How long a worker watches a lease stand still before it takes it.

        One beat less than a lease, so that whoever holds it, killed right after a beat, is followed within one lease.
        """
        return max(self.lease_seconds - self.heartbeat_seconds, self.lease_seconds / 2)

    @property
    def upload_limit(self) -> int:
        """Largest upload in bytes."""
        return self.upload_limit_mb * 1_000_000

    @property
    def address(self) -> str:
        """The URL a person opens."""
        host = "localhost" if self.host in ("", "0.0.0.0", "::") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether the server listens on this machine alone."""
        return _is_loopback(self.host)

    @property
    def public_names(self) -> list[str]:
        """The allowed host names that are not this machine's own: a proxy lets others in by them."""
        return [name for name in self.allowed_hosts if not _is_loopback(name)]

    def entrance(self, path: str = "") -> str:
        """The URL that lets a person in: with the access token, if there is one."""
        return (
            f"{self.address}{path or '/'}?token={quote(self.token, safe='')}"
            if self.token
            else self.address + path
        )

    def require_token(self) -> None:
        """Raise TokenRequired where others reach the server, directly or through a proxy, and there is no token."""
        if self.token:
            return
        if not self.is_local:
            raise TokenRequired(
                "A server that listens on more than this machine needs FORETUNE_TOKEN."
            )
        if self.public_names:
            raise TokenRequired(
                f"FORETUNE_ALLOWED_HOSTS names {', '.join(self.public_names)}, so others can reach this server through "
                "a proxy and it needs an access token: set FORETUNE_TOKEN (8 to 200 characters, no spaces)."
            )

    def with_token(self) -> "Settings":
        """These settings, with a random access token where the server listens to others and nobody chose one.

        Raises TokenRequired behind a proxy, whose visitors would need a new token after each start.
        """
        if self.is_local or self.token:
            self.require_token()
            return self
        return Settings(**{**self.model_dump(), "token": token_urlsafe(24)})


def _is_loopback(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name, or nothing: whoever it leads to
        return False
