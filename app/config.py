"""Settings, read from FORETUNE_* environment variables."""

import os
import re
from functools import cached_property
from importlib.metadata import version
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.access_token import find_weakness, suggest_token
from app.domain.terms import Keep

VERSION = version("foretune")
PACKAGE_FOLDER = Path(__file__).resolve().parent


def resource_folder(name: str) -> Path:
    """The folder of templates, static files or migrations.

    In a checkout it lies beside `app`; an installed wheel has it inside, see pyproject.toml.
    """
    in_checkout = PACKAGE_FOLDER.parent / name
    if in_checkout.is_dir():
        return in_checkout
    return PACKAGE_FOLDER / "_house" / name


class TokenRequired(ValueError):
    """Others could get in, for want of a good access token; the message says what to do."""


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
        0,
        ge=0,
        le=256,
        description="Trials trained at once by a worker; 0: one per GPU, or per core without one",
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
        description="Trials that keep a checkpoint: all, resumable, or best (the best models)",
    )
    trials_per_slot: int = Field(
        25, ge=1, description="Trials after which a slot's process is replaced"
    )
    log_level: str = Field("info", description="debug, info, warning or error")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        names = []
        for part in value.split(","):
            name = part.strip().lower()
            if name:
                names.append(name)
        return names

    @field_validator("token")
    @classmethod
    def _check_token(cls, value: str) -> str:
        if value and not re.fullmatch(r"[!-~]{1,200}", value):
            raise ValueError(
                "A token is 12 to 200 letters, digits and signs of ASCII, without spaces."
            )
        return value

    @cached_property
    def url(self) -> str:
        """The SQLAlchemy URL of the database."""
        if self.database_url:
            return self.database_url
        file = (self.data / "foretune.db").resolve()
        return f"sqlite:///{file}"

    @property
    def slot_count(self) -> int:
        """Trials trained at once: by default one for each core this process may use.

        A worker with GPUs has one for each of these: see worker/gpus.py.
        """
        if self.slots:
            return self.slots
        cores = os.sched_getaffinity(0)
        return len(cores)

    @property
    def takeover_seconds(self) -> float:
        """How long a worker sees a lease unchanged before it takes the trial over.

        One heartbeat less than a lease: the trial of a worker that was killed right after a
        heartbeat is taken over within one lease.
        """
        one_heartbeat_less = self.lease_seconds - self.heartbeat_seconds
        half_a_lease = self.lease_seconds / 2
        return max(one_heartbeat_less, half_a_lease)

    @property
    def upload_limit_bytes(self) -> int:
        """The largest upload."""
        return self.upload_limit_mb * 1_000_000

    @property
    def address(self) -> str:
        """The URL of the server, without a slash at its end."""
        host = self.host
        if host in ("", "0.0.0.0", "::"):
            host = "localhost"
        if ":" in host:
            host = f"[{host}]"
        return f"http://{host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether the server listens on this machine alone."""
        return is_loopback(self.host)

    @property
    def public_names(self) -> list[str]:
        """The allowed host names of other machines: a proxy lets visitors in by them."""
        names = []
        for name in self.allowed_hosts:
            if not is_loopback(name):
                names.append(name)
        return names

    def entry_url(self, path: str = "") -> str:
        """The URL a person opens: with the access token, if there is one."""
        if not self.token:
            return f"{self.address}{path}"
        token = quote(self.token, safe="")
        if not path:
            path = "/"
        return f"{self.address}{path}?token={token}"

    def require_token(self) -> None:
        """Raise TokenRequired where the token is weak, or others get in without one."""
        if self.token:
            self._refuse_weak_token()
            return
        if not self.is_local:
            raise TokenRequired(
                "A server that listens on more than this machine needs FORETUNE_TOKEN, "
                f"for example this random one: {suggest_token()}"
            )
        if self.public_names:
            names = ", ".join(self.public_names)
            raise TokenRequired(
                f"FORETUNE_ALLOWED_HOSTS names {names}, so others can reach "
                "this server through a proxy and it needs an access token: set FORETUNE_TOKEN, "
                f"for example to this random one: {suggest_token()}"
            )

    def _refuse_weak_token(self) -> None:
        weakness = find_weakness(self.token)
        if weakness is not None:
            raise TokenRequired(
                f"FORETUNE_TOKEN is easy to guess: {weakness}. "
                f"Use a random one, such as this: {suggest_token()}"
            )

    def with_token(self) -> "Settings":
        """Add a random access token where the server listens to others and has none.

        Raises TokenRequired behind a proxy: its visitors would need a new token after each start.
        """
        if self.is_local or self.token:
            self.require_token()
            return self
        values = self.model_dump()
        values["token"] = suggest_token()
        return Settings(**values)


def is_loopback(host: str) -> bool:
    """Whether a host name or an address is this machine's own, which no other machine reaches."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:  # a name, which may lead anywhere
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
