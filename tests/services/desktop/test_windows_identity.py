"""The identity under which Windows shows the program's notifications."""

import sys

import pytest

from trayapp.services.desktop.windows_identity import APP_USER_MODEL_ID, take_identity

E_INVALIDARG = -2147024809


class FakeShell:
    """A shell32 that remembers what it was told."""

    def __init__(self, answer: int = 0) -> None:
        self.told: list[str] = []
        self._answer = answer

    def SetCurrentProcessExplicitAppUserModelID(  # noqa: N802  # Windows' name
        self, app_id: str, /
    ) -> int:
        """Remember the identity."""
        self.told.append(app_id)
        return self._answer


def test_windows_is_told_the_identity() -> None:
    """Once, and it is the one that the installer gives the shortcut."""
    shell = FakeShell()

    assert take_identity(shell)
    assert shell.told == [APP_USER_MODEL_ID]


def test_a_refusal_ends_nothing() -> None:
    """The program starts all the same, under the name of its file."""
    assert not take_identity(FakeShell(E_INVALIDARG))


def test_the_identity_is_one_that_windows_takes() -> None:
    """At most 128 characters, without a space, company and program."""
    assert len(APP_USER_MODEL_ID) <= 128
    assert " " not in APP_USER_MODEL_ID
    assert len(APP_USER_MODEL_ID.split(".")) >= 2


@pytest.mark.skipif(sys.platform == "win32", reason="there is an identity to take")
def test_other_systems_have_none_to_take() -> None:
    """Nothing is loaded, nothing fails."""
    assert not take_identity()
