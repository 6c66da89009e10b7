"""The application's description for macOS, as far as other systems can read it."""

import plistlib
import re
from pathlib import Path

import pytest

import trayapp
from macos.bundle import IDENTIFIER, LANGUAGES, info_plist
from trayapp.core.i18n.locales import LOCALES

FOLDER = Path(__file__).parents[3] / "packaging" / "macos"


def told() -> dict[str, object]:
    """Return the property list, written and read again."""
    plist: dict[str, object] = plistlib.loads(
        plistlib.dumps(info_plist(trayapp.__version__))
    )
    return plist


def test_it_lives_in_the_menu_bar() -> None:
    """It has no icon in the Dock, and sharp pictures on Retina screens."""
    assert told()["LSUIElement"] is True
    assert told()["NSHighResolutionCapable"] is True


def test_it_says_its_version() -> None:
    """People see the whole version, and the system gets its numbers."""
    assert told()["CFBundleShortVersionString"] == trayapp.__version__
    assert info_plist("1.2.3rc1")["CFBundleVersion"] == "1.2.3"


def test_what_is_no_version_is_refused() -> None:
    """The build fails."""
    with pytest.raises(ValueError, match="unknown"):
        info_plist("unknown")


def test_it_names_every_language_of_the_program() -> None:
    """MacOS shows its own dialogs in these languages only."""
    assert sorted(LANGUAGES) == sorted(LOCALES)
    assert told()["CFBundleLocalizations"] == list(LANGUAGES)


def test_its_identifier_is_one_that_macos_takes() -> None:
    """It has letters, digits, hyphens and points."""
    assert re.fullmatch(r"[A-Za-z0-9.-]+", IDENTIFIER)


def test_the_hardened_runtime_is_loosened_in_one_point() -> None:
    """Ctypes needs it; libraries of other makers are still refused."""
    with (FOLDER / "entitlements.plist").open("rb") as file:
        entitlements = plistlib.load(file)
    assert entitlements == {
        "com.apple.security.cs.allow-unsigned-executable-memory": True
    }


@pytest.mark.parametrize("name", ["dmg.sh", "keychain.sh"])
def test_a_script_stops_at_the_first_failure(name: str) -> None:
    """Its exit code shows the failure."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text


def test_no_secret_is_an_argument_that_stays() -> None:
    """Apple's key is a file; without a certificate, nothing is signed."""
    text = (FOLDER / "dmg.sh").read_text(encoding="utf-8")
    assert "--password" not in text
    assert "if [[ -n ${CODESIGN_IDENTITY:-} ]]" in text
