"""The demo's progress bar."""

from io import StringIO

from rich.console import Console

from app import demo
from tests import factories


def test_the_demo_says_so_when_the_database_is_gone_and_goes_on_watching(
    settings, database, tmp_path
):
    with database.write() as session:
        experiment_id = factories.experiment(session).id
    file = settings.data / "foretune.db"
    away = file.rename(tmp_path / "away.db")
    screen = StringIO()

    class FakeProcesses:
        """They are looked at three times; the database is back before the third."""

        looks_left = 3

        def ended(self) -> str | None:
            self.looks_left -= 1
            if self.looks_left == 0:
                away.rename(file)
            return None if self.looks_left >= 0 else "worker"

    console = Console(file=screen, force_terminal=True, width=300)
    demo.watch_search(database, experiment_id, FakeProcesses(), console)

    output = screen.getvalue()
    assert "is gone: put it back" in output
    assert output.rindex("training the first networks") > output.rindex("is gone")
