"""Which programs may run on a machine."""

import os
import pickle
import stat

import pytest

from app.domain.custom.trust import (
    TRUST_FILE,
    ProgramNotTrusted,
    TrustedPrograms,
)

PROGRAM = "print('mine')\n"
OTHER = "print('of somebody')\n"


@pytest.fixture
def data(tmp_path):
    (tmp_path / "models").mkdir()
    return tmp_path


def test_the_text_of_a_file_in_the_folder_may_run_and_no_other(data):
    (data / "models" / "mine.py").write_text(PROGRAM)
    trusted = TrustedPrograms(data)

    assert trusted.is_trusted(PROGRAM)
    assert not trusted.is_trusted(OTHER)
    assert not trusted.is_trusted(PROGRAM + "\n")


def test_a_text_that_was_seen_in_the_folder_stays_trusted_when_the_file_changes(data):
    file = data / "models" / "mine.py"
    file.write_text(PROGRAM)
    trusted = TrustedPrograms(data)
    trusted.is_trusted(PROGRAM)

    file.write_text(OTHER)

    assert trusted.is_trusted(PROGRAM)
    assert trusted.is_trusted(OTHER)
    assert TrustedPrograms(data).is_trusted(PROGRAM)


def test_a_file_that_goes_is_no_longer_a_reason_to_trust_what_was_never_looked_at(data):
    file = data / "models" / "mine.py"
    file.write_text(PROGRAM)

    file.unlink()

    assert not TrustedPrograms(data).is_trusted(PROGRAM)


def test_a_confirmed_program_is_trusted_by_everybody_with_the_data_folder(data):
    reader = TrustedPrograms(data)
    assert not reader.is_trusted(OTHER)

    TrustedPrograms(data).trust(OTHER, "other")

    assert reader.is_trusted(OTHER)


def test_only_the_owner_may_read_and_write_what_is_trusted(data):
    file = data / TRUST_FILE
    file.touch(0o666)
    file.chmod(0o666)

    TrustedPrograms(data).trust(OTHER, "other")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_program_is_remembered_once(data):
    trusted = TrustedPrograms(data)

    trusted.trust(OTHER, "other")
    trusted.trust(OTHER, "other")

    assert len((data / TRUST_FILE).read_text().splitlines()) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", b"#" * 400_001])
def test_files_that_are_no_programs_are_passed_over(data, content):
    (data / "models" / "broken.py").write_bytes(content)
    (data / "models" / "folder.py").mkdir()
    os.symlink("nowhere", data / "models" / "link.py")
    (data / "models" / "mine.py").write_text(PROGRAM)

    assert TrustedPrograms(data).is_trusted(PROGRAM)


def test_without_a_folder_nothing_is_trusted(tmp_path):
    assert not TrustedPrograms(tmp_path / "none").is_trusted(PROGRAM)


def test_the_error_says_what_to_do_and_reaches_the_worker_from_a_slot(data):
    with pytest.raises(ProgramNotTrusted) as caught:
        TrustedPrograms(data).require("other", OTHER, 7)

    error = pickle.loads(pickle.dumps(caught.value))
    assert "foretune trust 7" in str(error)
