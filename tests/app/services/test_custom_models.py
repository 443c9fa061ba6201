"""The Python files of the models folder, as they are listed."""

import shutil
from pathlib import Path

import pytest

from app.domain.custom.trust import TrustedPrograms
from app.services import custom_models

PROGRAMS = Path(__file__).parents[2] / "custom_models"


@pytest.fixture
def folder(settings):
    return Path(shutil.copytree(PROGRAMS, settings.data / "models"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("latin.py", "x = 'é'".encode("latin-1"), "It is not UTF-8 text"),
        ("two words.py", b"x = 1", "more than letters"),
        ("large.py", b"#" * 400_001, "more than 400,000 bytes"),
        (
            "many.py",
            b'def build(hp):\n    hp.Choice("a", list(range(1001)))\n',
            "at most 1,000 can be listed",
        ),
    ],
)
def test_files_that_cannot_be_used_are_listed_with_a_reason(settings, folder, name, content, words):
    (folder / name).write_bytes(content)

    files = {f"{file.name}.py": file for file in custom_models.list_files(settings.data)}

    assert files[name].custom_model is None
    assert words in files[name].problem


def test_files_that_are_no_programs_are_not_listed(settings, folder):
    (folder / "_shared.py").write_text("x = 1")
    (folder / "notes.txt").write_text("x = 1")
    (folder / "package.py").mkdir()

    files = custom_models.list_files(settings.data)

    assert [file.name for file in files] == [
        "hyperas_gru",
        "hyperopt_lstm",
        "talos_lstm",
        "tuner_dense",
    ]


def test_a_file_that_a_search_was_made_from_stays_trusted_when_it_is_edited(settings, folder):
    source = custom_models.find(settings.data, "tuner_dense").source

    (folder / "tuner_dense.py").write_text("x = 1")

    assert TrustedPrograms(settings.data).is_trusted(source)
