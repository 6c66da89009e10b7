"""The identity by which Windows knows the program."""

import sys

import pytest

from trayapp.services.desktop.windows_identity import (
    APP_USER_MODEL_ID,
    set_app_identity,
)

E_INVALIDARG = -2147024809


class FakeShell:
    """A shell32 that records the identities."""

    def __init__(self, result: int = 0) -> None:
        self.identities: list[str] = []
        self._result = result

    def SetCurrentProcessExplicitAppUserModelID(  # noqa: N802  # Windows' name
        self, app_id: str, /
    ) -> int:
        """Record the identity."""
        self.identities.append(app_id)
        return self._result


def test_the_identity_is_set_once() -> None:
    """It is the one of the installer's shortcut."""
    shell = FakeShell()

    assert set_app_identity(shell)
    assert shell.identities == [APP_USER_MODEL_ID]


def test_a_refusal_is_no_error() -> None:
    """The program starts under the name of its file."""
    assert not set_app_identity(FakeShell(E_INVALIDARG))


def test_the_identity_is_valid() -> None:
    """It has at most 128 characters, no space, and names company and program."""
    assert len(APP_USER_MODEL_ID) <= 128
    assert " " not in APP_USER_MODEL_ID
    assert len(APP_USER_MODEL_ID.split(".")) >= 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has an identity")
def test_other_systems_have_no_identity() -> None:
    """No library is loaded, and there is no error."""
    assert not set_app_identity()
