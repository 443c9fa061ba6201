"""Settings and databases that cannot be used end a command with a sentence about them."""

import pytest
from sqlalchemy import text

from tests.app.commands.processes import run

pytestmark = pytest.mark.slow


def test_a_setting_that_cannot_be_used_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("FORETUNE_PORT", "99999")

    process = run("status", "--data", str(tmp_path))

    assert process.returncode == 2
    assert "FORETUNE_PORT: Input should be less than" in process.stdout


def test_a_database_of_a_newer_version_is_refused(database, settings):
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    process = run("serve", "--data", str(settings.data))

    assert process.returncode == 1
    assert "made by a newer Foretune" in process.stdout


def test_a_database_that_others_could_read_is_closed_and_that_is_said_once(database, settings):
    file = settings.data / "foretune.db"
    file.chmod(0o644)

    first = run("status", "--data", str(settings.data))
    second = run("status", "--data", str(settings.data))

    assert "Other users could read foretune.db in" in first.stdout.replace("\n", " ")
    assert file.stat().st_mode & 0o777 == 0o600
    assert "Other users" not in second.stdout
