"""foretune models and foretune trust."""

import stat

import pytest
from typer.testing import CliRunner

from app.__main__ import main
from app.domain.custom.trust import TRUST_FILE, TrustedPrograms
from app.services import experiments
from tests import factories

PROGRAM = """
def build(hp):
    hp.Choice("units", [1, 2])
"""
RESTORED = PROGRAM + "\n# \x1b]0;owned\x07\n"


@pytest.fixture
def restored_id(settings, database):
    """An experiment whose program came with the database; its id."""
    with database.write() as session:
        dataset = factories.dataset(session)
        experiment = experiments.create(session, factories.request(dataset.id))
        experiment.custom_model_name = "guest"
        experiment.custom_model_source = RESTORED
        return experiment.id


def call(settings, *arguments, answer=None):
    return CliRunner().invoke(main, [*arguments, "--data", str(settings.data)], input=answer)


def test_a_program_is_shown_and_trusted_after_a_yes(settings, restored_id):
    result = call(settings, "trust", str(restored_id), answer="y\n")

    assert result.exit_code == 0
    assert "guest.py of experiment 1" in result.output
    assert 'hp.Choice("units", [1, 2])' in result.output
    assert "\x1b" not in result.output
    assert "\\x1b]0;owned\\x07" in result.output
    assert TrustedPrograms(settings.data).is_trusted(RESTORED)
    mode = (settings.data / TRUST_FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("answer", ["n\n", "\n", "", None])
def test_without_a_yes_nothing_is_trusted(settings, restored_id, answer):
    result = call(settings, "trust", str(restored_id), answer=answer)

    assert result.exit_code == 1
    assert not TrustedPrograms(settings.data).is_trusted(RESTORED)


def test_a_program_is_compared_with_the_file_of_its_name(settings, restored_id):
    folder = settings.data / "models"
    folder.mkdir()
    (folder / "guest.py").write_text(PROGRAM)

    result = call(settings, "trust", str(restored_id), answer="n\n")

    assert "It differs from the guest.py" in result.output
    assert "+# \\x1b]0;owned\\x07" in result.output


def test_what_is_not_shown_is_counted_and_can_be_asked_for(settings, database, restored_id):
    long = PROGRAM + "# more\n" * 100
    with database.write() as session:
        experiments.get(session, restored_id).custom_model_source = long

    short = call(settings, "trust", str(restored_id), answer="n\n")
    whole = call(settings, "trust", str(restored_id), "--all", answer="n\n")

    assert "43 lines are not shown" in short.output
    assert whole.output.count("# more") == 100
    assert "not shown" not in whole.output


def test_what_may_run_already_is_not_asked_about(settings, restored_id):
    TrustedPrograms(settings.data).trust(RESTORED, "guest")

    result = call(settings, "trust", str(restored_id))

    assert result.exit_code == 0
    assert "nothing to confirm" in result.output


def test_an_experiment_without_a_program_and_one_that_is_not_there(settings, database):
    with database.write() as session:
        factories.experiment(session)

    assert "built-in network" in call(settings, "trust", "1").output
    missing = call(settings, "trust", "99")
    assert (missing.exit_code, "Experiment 99 not found" in missing.output) == (1, True)


def test_models_lists_the_files_and_the_programs_that_wait(settings, restored_id):
    folder = settings.data / "models"
    folder.mkdir()
    (folder / "mine.py").write_text(PROGRAM)
    (folder / "broken.py").write_text("def (")

    output = call(settings, "models").output

    assert "mine.py" in output
    assert "keras tuner" in output
    assert "not valid Python" in output
    assert "foretune trust 1" in output
