"""The look at an installed program: whole it says so, and else what is missing."""

import gettext
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trayapp.app import self_test

STORY = [sys.executable, "-m", "trayapp", "--self-test"]


def test_what_is_whole_is_found_whole(tmp_path: Path) -> None:
    """Each part gets a line that says ok, and nothing is left in the home."""
    done = subprocess.run(
        STORY,
        env=os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    said = done.stdout.splitlines()[1:]
    assert [line.split(":")[0] for line in said] == [
        f"ok      {name}" for name, _ in self_test.PARTS
    ]
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_one_missing_part_hides_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    """A part that fails says why, and the next is looked at all the same."""

    def missing() -> str:
        message = "no such plugin"
        raise self_test.Incomplete(message)

    good = self_test.report([("first", missing), ("second", lambda: "all of it")])

    assert not good
    assert capsys.readouterr().out.splitlines() == [
        "FAILED  first: Incomplete: no such plugin",
        "ok      second: all of it",
    ]


def test_a_plugin_that_was_left_behind_is_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without its plugins, Qt would not even start."""
    monkeypatch.setattr(
        "trayapp.app.self_test.QLibraryInfo.path", lambda _: str(tmp_path)
    )

    with pytest.raises(self_test.Incomplete, match="platforms/"):
        self_test.qt_plugins()


@pytest.mark.skipif(sys.platform != "linux", reason="it asks its own trust store")
def test_a_system_without_authorities_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No gateway could prove who it is: the person hears which package helps."""
    empty = tmp_path / "none.pem"
    empty.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "nowhere"))

    with pytest.raises(self_test.Incomplete, match="ca-certificates"):
        self_test.trust_store()


def test_a_language_without_sentences_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A catalog that is not there reads as English, which nobody would notice."""
    monkeypatch.setattr(self_test, "catalog", lambda _: gettext.NullTranslations())

    with pytest.raises(self_test.Incomplete, match="no sentences in"):
        self_test.translations()
