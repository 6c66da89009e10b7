"""A session whose pictures come on sheets, in one look of the program."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Final, Self

from PySide6.QtCore import QRect

from pictures.session import INJECTION, PATIENCE_S, PictureSession
from tooling.processes import wait_until
from trayapp.core.account import Account, Service
from trayapp.core.i18n.language import Language, language_for
from trayapp.core.i18n.locales import LOCALES
from trayapp.core.settings import Settings
from trayapp.services.files.catalogs import catalog
from trayapp.services.files.config_text import Config, to_toml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtGui import QImage

_SCREEN: Final = (1280, 1280)
"""In points: so high that a window can show four accounts with their errors."""
_GTK_DARK: Final = "[Settings]\ngtk-application-prefer-dark-theme=1\n"


@dataclass(frozen=True, slots=True)
class Look:
    """The program's language, its shade, and the screen's scale."""

    code: str
    dark: bool = False
    scale: int = 1

    @property
    def name(self) -> str:
        """The look as a part of a file's name."""
        shade = "dark" if self.dark else "light"
        return f"{self.code}-{shade}-{self.scale}x"

    @property
    def language(self) -> Language:
        """The language, with its sentences."""
        return language_for(self.code, catalog(self.code))

    def says(self, sentence: str) -> str:
        """Return a sentence in the language, up to its first placeholder."""
        translated = self.language.gettext(sentence).replace("&", "")
        return translated.partition("{")[0].rstrip(": \u00a0\u202f")


LOOKS: Final = tuple(
    Look(code, dark, scale)
    for scale, code, dark in product((1, 2), ("en", "es"), (False, True))
)


def look_of(name: str) -> Look:
    """Read a look from its name, such as `es-dark-2x`."""
    match = re.fullmatch(r"(\w+)-(light|dark)-([12])x", name)
    if match is None or match[1] not in LOCALES:
        message = f"{name}: a look is such as es-dark-2x"
        raise argparse.ArgumentTypeError(message)
    return Look(match[1], match[2] == "dark", int(match[3]))


class SheetSession(PictureSession):
    """A session in one look; its keyring and its failures are made up.

    Pictures are kept by the sheet that they come on, each with its caption.
    """

    def __init__(self, look: Look) -> None:
        self.look = look
        self.pictures: dict[str, list[tuple[str, QImage]]] = {}
        self.sheet = ""
        """The sheet of the pictures that come next."""
        self._injected: dict[str, object] = {}
        width, height = _SCREEN
        super().__init__(
            env={"QT_SCALE_FACTOR": str(look.scale)},
            size=(width * look.scale, height * look.scale),
        )

    def __enter__(self) -> Self:
        super().__enter__()
        if self.look.dark:
            settings = self.desktop.home / ".config/gtk-3.0/settings.ini"
            settings.parent.mkdir(parents=True)
            settings.write_text(_GTK_DARK)
        return self

    # --- what the program finds ---------------------------------------------------

    def account(self, number: int, name: str, low: int) -> Account:
        """Return an account at the gateway."""
        return Account(
            id=f"a{number}",
            name=name,
            service=Service.CUSTOM,
            base_url=self.gateway.url,
            low_below=Decimal(low),
            panel="https://panel.example",
        )

    def set_balance(self, account: Account, amount: str, unit: str) -> None:
        """Fix the balance that the gateway gives for an account."""
        self.gateway.set_balance(_key(account), amount, unit)

    def write_accounts(
        self,
        accounts: Sequence[Account],
        *,
        discreet: bool = False,
        notify: bool = False,
    ) -> None:
        """Remove all files, and write settings with these accounts and their keys.

        Notifications are off as a rule: they would cover the windows.
        """
        for folder in (".config", ".local/share", ".local/state", ".cache"):
            shutil.rmtree(
                self.desktop.home / folder / "balance-tray", ignore_errors=True
            )
        settings = Settings(language=self.look.code, discreet=discreet)
        if not notify:
            settings = replace(settings, alert_kinds=frozenset())
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(to_toml(Config(tuple(accounts), settings)))
        keys = {account.id: _key(account) for account in accounts}
        self.inject(keys=keys, errors={}, faults=[])

    def inject(self, **parts: object) -> None:
        """Change parts of the injected failures, as `injection.py` describes them."""
        self._injected.update(parts)
        self._injection.write_text(json.dumps(self._injected))

    @property
    def _injection(self) -> Path:
        return self.desktop.folder / "injection.json"

    # --- the program --------------------------------------------------------------

    def start_hidden(self) -> None:
        """Start the program in the tray."""
        command: list[str | Path] = [sys.executable, INJECTION, self._injection]
        self.start("--minimized", command=command)

    def open(self, requests: int) -> None:
        """Start the program, and open its window after so many requests."""
        before = len(self.gateway.requests)
        self.start_hidden()
        self.gateway.wait_for_requests(before + requests, PATIENCE_S)
        self.raise_window()

    def raise_window(self) -> None:
        """Click on the icon, and wait for the window."""
        self.click_tray()
        self.wait_for("Balance Tray")

    # --- the picture --------------------------------------------------------------

    def take(self, caption: str) -> None:
        """Photograph the active window and its frame, once the screen is still."""
        screen = self.still_screen()
        number = self.desktop.run(["xdotool", "getactivewindow"]).stdout.strip()
        inner, (left, right, top, bottom) = self.window_geometry(number)
        self._keep(caption, screen, inner.adjusted(-left, -top, right, bottom))

    def take_part(self, caption: str, part: QRect) -> None:
        """Photograph a part of the screen, once it is still."""
        self._keep(caption, self.still_screen(), part)

    def _keep(self, caption: str, screen: QImage, part: QRect) -> None:
        picture = screen.copy(part.intersected(screen.rect()))
        self.pictures.setdefault(self.sheet, []).append((caption, picture))

    def resize(self, width: int, height: int) -> None:
        """Resize the active window, in points, and move it to the top left."""
        scale = self.look.scale
        size = ["windowsize", "--sync", str(width * scale), str(height * scale)]
        self.desktop.run(["xdotool", "getactivewindow", *size])
        self.desktop.run(["xdotool", "getactivewindow", "windowmove", "8", "40"])

    # --- what a person does -------------------------------------------------------

    def press(self, sentence: str, role: str = "push button") -> None:
        """Press a button by its label, given in English."""
        self.program.find(role, self.look.says(sentence)).press()

    def press_choice(self, label: str) -> None:
        """Choose a radio button by its label, given in the look's language."""
        self.program.find("radio button", label).press()

    def refresh(self, requests: int) -> None:
        """Press the key that refreshes, and wait for so many requests."""
        before = len(self.gateway.requests)
        self.keys("F5")
        self.gateway.wait_for_requests(before + requests, PATIENCE_S)

    def type(self, label: str, text: str) -> None:
        """Put a text into a field, named by its English label."""
        self.program.find("text", self.look.says(label)).type(text)

    def says(self, sentence: str) -> None:
        """Wait until the program shows a sentence, given in English."""
        self.program.says(self.look.says(sentence), within_s=PATIENCE_S)

    def point(self, left: int, top: int) -> None:
        """Move the pointer, in pixels."""
        self.desktop.run(["xdotool", "mousemove", "--sync", str(left), str(top)])

    def hover_icon(self) -> None:
        """Put the pointer on the tray icon, and wait for the tooltip's window."""
        before = self._windows()
        self.point(self.desktop.session.size[0] - 80, 14)
        wait_until(lambda: bool(self._windows() - before), "the tooltip", PATIENCE_S)

    def corner(self, width: int, height: int) -> QRect:
        """Return the corner of the screen where the tray is, sized in points."""
        right, scale = self.desktop.session.size[0], self.look.scale
        return QRect(right - width * scale, 0, width * scale, height * scale)

    def _windows(self) -> set[str]:
        find = ["xdotool", "search", "--onlyvisible", "--name", ""]
        return set(self.desktop.run(find).stdout.split())

    def wait_for(self, title: str) -> None:
        """Wait until a window is active, by its English title."""
        translated = self.look.says(title)
        find = ["xdotool", "getactivewindow", "getwindowname"]

        def is_active() -> bool:
            return self.desktop.run(find).stdout.startswith(translated)

        wait_until(is_active, f"the window {translated!r}", PATIENCE_S)


def _key(account: Account) -> str:
    return f"made-up-key-{account.id}"
