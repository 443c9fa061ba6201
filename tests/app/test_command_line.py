"""The command line as a whole."""

from tests.app.commands.processes import run

COMMANDS = ("serve", "worker", "up", "demo", "import-csv", "status", "backup", "restore")


def test_help_names_every_command():
    output = run("--help").stdout

    assert [command for command in COMMANDS if command not in output] == []
