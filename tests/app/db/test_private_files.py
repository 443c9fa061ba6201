"""Nobody but the owner can read the database, its logs, or a copy of it."""

import os
import stat
from pathlib import Path

import pytest

from app.backup.copying import backup
from app.backup.restoring import restore
from app.config import Settings
from app.db.engine import Database
from app.db.outages import DatabaseGone
from app.db.private_files import close_to_others, make_private_file
from app.db.upgrade import upgrade_database
from app.domain.custom.trust import TRUST_FILE, TrustedPrograms
from tests.app.db.files import read_dataset_names, write_training


@pytest.fixture(autouse=True)
def usual_umask():
    """The umask of most systems, under which files are made that everybody can read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def modes_in(folder: Path) -> dict[str, str]:
    return {path.name: mode_of(path) for path in folder.iterdir()}


def test_a_new_database_with_its_logs_and_its_folder_is_its_owner_s_alone(settings):
    upgrade_database(settings)
    database = Database(settings.url)
    write_training(database)

    modes = modes_in(settings.data)

    database.close()
    assert modes == {
        "foretune.db": "0o600",
        "foretune.db-wal": "0o600",
        "foretune.db-shm": "0o600",
    }
    assert mode_of(settings.data) == "0o700"


def test_no_file_can_be_read_by_others_at_any_moment(
    settings, database, file, tmp_path, monkeypatch
):
    seen = set()
    real_open, real_replace = os.open, os.replace

    def look() -> None:
        for path in [*settings.data.iterdir(), *tmp_path.glob("*.part"), *tmp_path.glob("*.db")]:
            if not path.name.endswith(".lock"):  # which are empty
                seen.add(mode_of(path))

    def open_and_look(*arguments, **options):
        descriptor = real_open(*arguments, **options)
        look()
        return descriptor

    def look_and_replace(*arguments):
        look()
        real_replace(*arguments)

    monkeypatch.setattr(os, "open", open_and_look)
    monkeypatch.setattr(os, "replace", look_and_replace)
    write_training(database)
    backup(settings, tmp_path / "copy.db")
    write_training(database, "cache_size=1000")
    restore(settings, tmp_path / "copy.db", force=True)
    look()

    assert list(settings.data.glob("foretune-before-*.db")) != []
    assert seen == {"0o600"}


def test_what_was_saved_of_a_deleted_database_is_its_owner_s_alone(database, file):
    read_dataset_names(database)
    file.unlink()

    with pytest.raises(DatabaseGone):
        read_dataset_names(database)

    [rescued] = file.parent.glob("foretune-rescued-*.db")
    assert mode_of(rescued) == "0o600"


def test_a_database_that_others_could_read_is_closed_and_that_is_said_once(database, file):
    write_training(database)
    for path in file.parent.iterdir():
        path.chmod(0o644)
    copy = file.with_name("foretune-before-20260101-000000.db")
    copy.write_bytes(b"")
    copy.chmod(0o640)
    file.parent.chmod(0o755)

    first = close_to_others(file)
    second = close_to_others(file)

    assert set(modes_in(file.parent).values()) == {"0o600"}
    assert mode_of(file.parent) == "0o700"
    names = "foretune-before-20260101-000000.db, foretune.db, foretune.db-shm, foretune.db-wal"
    assert first == [
        f"Other users could read {names} in {file.parent}: now only you can.",
        f"Other users could look into {file.parent}: now only you can.",
    ]
    assert second == []


def test_a_folder_with_other_things_in_it_stays_open(database, file):
    file.chmod(0o644)
    file.parent.chmod(0o755)
    (file.parent / "notes.txt").write_text("for everybody")
    (file.parent / "notes.txt").chmod(0o644)

    close_to_others(file)

    assert mode_of(file) == "0o600"
    assert mode_of(file.parent) == "0o755"
    assert mode_of(file.parent / "notes.txt") == "0o644"


def test_a_folder_that_was_there_before_the_database_stays_as_it_is(settings):
    settings.data.mkdir(mode=0o755)

    upgrade_database(settings)

    assert mode_of(settings.data) == "0o755"
    assert mode_of(settings.data / "foretune.db") == "0o600"


def test_custom_models_and_which_are_trusted_do_not_keep_the_folder_open(database, file):
    data = file.parent
    (data / "models").mkdir()
    (data / "models" / "mine.py").write_text("print('mine')")
    assert TrustedPrograms(data).is_trusted("print('mine')")
    assert (data / TRUST_FILE).exists()
    file.parent.chmod(0o755)

    close_to_others(file)

    assert mode_of(file.parent) == "0o700"


def test_a_database_of_another_user_is_left_alone(database, file, monkeypatch):
    file.chmod(0o644)
    another_user = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: another_user)

    assert close_to_others(file) == []
    assert mode_of(file) == "0o644"


def test_a_file_that_exists_is_neither_emptied_nor_changed(tmp_path):
    file = tmp_path / "foretune.db"
    file.write_bytes(b"content")
    file.chmod(0o644)

    make_private_file(file)

    assert file.read_bytes() == b"content"
    assert mode_of(file) == "0o644"


def test_a_backup_restored_into_a_new_folder_is_its_owner_s_alone(settings, database, tmp_path):
    backup(settings, tmp_path / "copy.db")
    other = Settings(data=tmp_path / "other")

    restore(other, tmp_path / "copy.db")

    assert modes_in(other.data) == {"foretune.db": "0o600"}
    assert mode_of(other.data) == "0o700"
