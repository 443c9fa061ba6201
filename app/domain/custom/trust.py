"""Which programs may run on this machine: those that its owner put there or confirmed.

The text of an experiment's program comes from the database, and so from whoever can write to it or
made a backup of it. It runs only where it is the text of a file in the folder of models, where it
was one when this machine saw it, or where the owner confirmed it on the command line. Which texts
these were is kept in a file beside the folder, never in the database.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.domain.texts import make_printable

MODELS_FOLDER = "models"
TRUST_FILE = "trusted-programs"
MAX_FILE_BYTES = 400_000  # of a program
PRIVATE_MODE = 0o600
DIGEST_LENGTH = 64

Stamp = tuple[int, int, int]  # inode, time of change and size: with another text, one differs


class ProgramNotTrusted(Exception):
    """Nobody has confirmed this program on this machine; what to do, in words."""

    def __init__(self, name: str, experiment_id: int) -> None:
        super().__init__(describe_waiting(name, experiment_id))
        self.name = name
        self.experiment_id = experiment_id

    def __reduce__(self) -> tuple[type["ProgramNotTrusted"], tuple[str, int]]:
        """Slots send this error to their worker."""
        return ProgramNotTrusted, (self.name, self.experiment_id)


@dataclass(frozen=True)
class _HashedFile:
    stamp: Stamp
    digest: str


class TrustedPrograms:
    """The programs that may run with this data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data / MODELS_FOLDER
        self.file = data / TRUST_FILE
        self._remembered: set[str] = set()
        self._remembered_stamp: Stamp | None = None
        self._hashed_files: dict[Path, _HashedFile] = {}

    def is_trusted(self, source: str) -> bool:
        """Whether a program may run."""
        return self.is_trusted_digest(hash_program(source))

    def is_trusted_digest(self, digest: str) -> bool:
        """Whether a program with this hash may run; one that a file has now is remembered."""
        if digest in self._read_remembered():
            return True
        for name, digest_of_file in self._hash_files():
            if digest_of_file == digest:
                self._append(digest, name)
                return True
        return False

    def require(self, name: str, source: str, experiment_id: int) -> None:
        """Raises ProgramNotTrusted where a program of an experiment may not run."""
        if not self.is_trusted(source):
            raise ProgramNotTrusted(name, experiment_id)

    def trust(self, source: str, name: str) -> None:
        """Remember a program that the owner has confirmed. Raises OSError."""
        digest = hash_program(source)
        if digest not in self._read_remembered():
            self._write(digest, name)

    def _append(self, digest: str, name: str) -> None:
        """Remember the text of a file, so that it stays trusted when the file changes."""
        try:
            self._write(digest, name)
        except OSError:  # a read-only folder remembers nothing, but the file is there
            return

    def _write(self, digest: str, name: str) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(self.file, flags, PRIVATE_MODE)
        try:
            os.fchmod(descriptor, PRIVATE_MODE)
            os.write(descriptor, f"{digest}  {name}.py\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _read_remembered(self) -> set[str]:
        try:
            stamp = _stamp_of(self.file)
            if stamp != self._remembered_stamp:
                lines = self.file.read_text(encoding="utf-8", errors="replace").splitlines()
                self._remembered = {line[:DIGEST_LENGTH] for line in lines}
                self._remembered_stamp = stamp
        except OSError:
            self._remembered = set()
            self._remembered_stamp = None
        return self._remembered

    def _hash_files(self) -> Iterator[tuple[str, str]]:
        """The name and the hash of each program in the folder."""
        for path in sorted(self.folder.glob("*.py")):
            try:
                yield path.stem, self._hash_file(path)
            except (OSError, ValueError):  # gone, unreadable or no UTF-8: no program
                continue

    def _hash_file(self, path: Path) -> str:
        stamp = _stamp_of(path)
        hashed = self._hashed_files.get(path)
        if hashed is None or hashed.stamp != stamp:
            hashed = _HashedFile(stamp, hash_program(read_program(path)))
            self._hashed_files[path] = hashed
        return hashed.digest


def read_program(path: Path) -> str:
    """The text of a file. Raises OSError, or ValueError where it is too large or no UTF-8."""
    with path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"It has more than {MAX_FILE_BYTES:,} bytes.")
    return content.decode("utf-8-sig")


def hash_program(source: str) -> str:
    """The SHA-256 of a program's text."""
    return sha256(source.encode(errors="surrogatepass")).hexdigest()


def describe_waiting(name: str, experiment_id: int) -> str:
    """Why a program does not run, and what to do about it."""
    shown_name = make_printable(name)
    return (
        f"The code of {shown_name}.py came with the database, and nobody has confirmed it on this"
        " machine, so it does not run. To look at it and confirm it, type:"
        f" foretune trust {experiment_id}"
    )


def _stamp_of(path: Path) -> Stamp:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size
