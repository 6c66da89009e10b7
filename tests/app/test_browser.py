"""Web pages open in the person's own browser, and nothing else does."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from trayapp.app.browser import open_in_browser

PAGE = "https://app.smsup.es"


@pytest.fixture
def by_qt(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what Qt was asked to open."""
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return opened


@pytest.fixture
def by_desktop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Callable[[], list[str]]:
    """Install a browser that writes down what it is started with, and read that."""
    if sys.platform in {"win32", "darwin"}:
        pytest.skip("xdg-open is not there")
    said, script = tmp_path / "said", tmp_path / "xdg-open"
    script.write_text(
        "#!/bin/sh\n"
        f'printf "%s\\n" "$#" "$1" "${{LD_LIBRARY_PATH-unset}}" > {said}.part\n'
        f"mv {said}.part {said}\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def read() -> list[str]:
        qtbot.waitUntil(said.exists, timeout=10_000)
        return said.read_text().splitlines()

    return read


def test_a_page_is_opened_by_the_desktop(
    by_desktop: Callable[[], list[str]], by_qt: list[str]
) -> None:
    """Once, as one argument."""
    open_in_browser(PAGE)
    assert by_desktop()[:2] == ["1", PAGE]
    assert by_qt == []


def test_a_loopback_page_is_opened_without_encryption(
    by_desktop: Callable[[], list[str]],
) -> None:
    """The demo has its website there."""
    open_in_browser("http://127.0.0.1:8080/panel")
    assert by_desktop()[1] == "http://127.0.0.1:8080/panel"


def test_where_the_desktop_has_no_opener_qt_does_it(
    by_qt: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows a few browsers itself."""
    monkeypatch.setenv("PATH", str(tmp_path))
    open_in_browser(PAGE)
    assert by_qt == [PAGE]


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_open_it_themselves(
    by_qt: list[str], monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """Qt asks the system there."""
    monkeypatch.setattr(sys, "platform", platform)
    open_in_browser(PAGE)
    assert by_qt == [PAGE]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://panel.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "smb://server/share",
        "--help",
        "https://",
        "https://user:secret@panel.example",
        "https://panel.example/\n-x",
        "/usr/bin/env",
    ],
)
def test_anything_else_is_not_opened(
    by_qt: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """A settings file edited by somebody else starts no program."""
    monkeypatch.setenv("PATH", str(tmp_path))
    open_in_browser(url)
    assert by_qt == []


@pytest.mark.parametrize(
    ("own", "before", "given"),
    [
        ("/bundle/lib", "/opt/lib", "/opt/lib"),
        ("/bundle/lib", None, "unset"),
    ],
)
def test_a_bundled_program_gives_its_libraries_to_no_browser(
    by_desktop: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    own: str,
    before: str | None,
    given: str,
) -> None:
    """A browser that loads them fails to start."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", own)
    if before is not None:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    open_in_browser(PAGE)
    assert by_desktop()[2] == given


def test_from_a_checkout_the_environment_stays_as_it_is(
    by_desktop: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A developer's own setting is theirs."""
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")
    open_in_browser(PAGE)
    assert by_desktop()[2] == "/opt/lib"
