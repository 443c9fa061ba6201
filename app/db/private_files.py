"""Files that nobody but their owner can read: the database, its logs and every copy of it.

They hold the data, the forecasts and the custom models of whoever runs Foretune. SQLite gives the
mode of a database to the logs beside it.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from app.domain.custom.trust import MODELS_FOLDER, TRUST_FILE

FILE_MODE = 0o600
FOLDER_MODE = 0o700
MODE_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
LOG_SUFFIXES = ("-wal", "-shm", "-journal")  # of the files beside a SQLite database
OTHER_FILES_OF_FORETUNE = (MODELS_FOLDER, TRUST_FILE)


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter. One that exists stays as it is."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def make_private_file(file: Path) -> None:
    """Make an empty file that only its owner can read. One that exists stays as it is."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    with suppress(FileExistsError):
        descriptor = os.open(file.resolve(), flags, FILE_MODE)
        # Closed at once: to close a file that SQLite has open would release SQLite's locks on it.
        os.close(descriptor)


def remove_database(file: Path) -> None:
    """Remove a SQLite file with its logs."""
    for suffix in ("", *LOG_SUFFIXES):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def give_to_owner_of(database: Path, file: Path) -> None:
    """Give a file that root has made to whom the database belongs."""
    owner = database.stat()
    with suppress(PermissionError):
        os.chown(file, owner.st_uid, owner.st_gid)


def close_to_others(database: Path) -> list[str]:
    """Take the rights of others from a database that is this user's; returns what was done.

    Its folder is closed, too, where it holds nothing but Foretune's files. Any other folder, such
    as /tmp or a home, is not for Foretune to close.
    """
    file = database.resolve()
    folder = file.parent
    changed_files = []
    for path in _files_of_database(file):
        if _close_path(path):
            changed_files.append(path.name)
    messages: list[str] = []
    if changed_files:
        names = ", ".join(changed_files)
        messages.append(f"Other users could read {names} in {folder}: now only you can.")
    if _holds_only_files_of(file) and _close_path(folder):
        messages.append(f"Other users could look into {folder}: now only you can.")
    return messages


def _files_of_database(file: Path) -> list[Path]:
    """The database and its logs, and the copies that Foretune has made beside it."""
    paths = []
    for path in sorted(file.parent.iterdir()):
        if _is_file_of_database(path, file) and path.is_file() and not path.is_symlink():
            paths.append(path)
    return paths


def _is_file_of_database(path: Path, file: Path) -> bool:
    copies = (f"{file.stem}-before-", f"{file.stem}-rescued-")
    beside = (f"{file.name}-", f"{file.name}.")
    return path.name == file.name or path.name.startswith((*copies, *beside))


def _holds_only_files_of(file: Path) -> bool:
    for path in file.parent.iterdir():
        if path.name not in OTHER_FILES_OF_FORETUNE and not _is_file_of_database(path, file):
            return False
    return True


def _close_path(path: Path) -> bool:
    """Take the rights of others from a file or folder of this user; whether there were any."""
    try:
        status = path.stat()
        mode = stat.S_IMODE(status.st_mode)
        is_ours = status.st_uid == os.geteuid()
        if not is_ours or not mode & MODE_OF_OTHERS:
            return False
        path.chmod(mode & ~MODE_OF_OTHERS)
    except OSError:  # on a disk that is read-only, or a log that has gone since
        return False
    return True
