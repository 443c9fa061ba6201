"""Settings and databases that cannot be used end a command with a sentence about them."""

from sqlalchemy import text

from tests.app.commands.processes import run


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
