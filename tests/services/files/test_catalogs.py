"""Which message catalog is loaded, and which languages a terminal prefers."""

from pathlib import Path

import pytest

from trayapp.core.i18n.locales import LOCALES, closest_language
from trayapp.services.files import catalogs


@pytest.mark.parametrize("code", [code for code in LOCALES if code != "en"])
def test_each_language_has_a_catalog(code: str) -> None:
    """A checkout has the catalogs of all languages that the settings offer."""
    assert catalogs.catalog(code).info()["language"] == code


@pytest.mark.parametrize("code", ["en", "xx", "../../etc/passwd"])
def test_without_a_catalog_sentences_are_english(code: str) -> None:
    """A language without translations is no error."""
    assert catalogs.catalog(code).gettext("Close") == "Close"


@pytest.mark.parametrize("content", [b"", b"no catalog", b"\xde\x12\x04\x95" * 9])
def test_with_a_damaged_catalog_sentences_are_english(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window must open with a truncated file, too."""
    package = tmp_path / "trayapp"
    folder = package / "resources" / "locale"
    folder.mkdir(parents=True)
    (folder / "es.mo").write_bytes(content)
    monkeypatch.setattr(
        catalogs, "__file__", str(package / "services/files/catalogs.py")
    )
    assert catalogs.catalog("es").gettext("Close") == "Close"


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "pt_BR.UTF-8"}, "pt"),
        ({"LANG": "ca_ES.UTF-8@valencia"}, "ca"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "it_IT.UTF-8"}, "it"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "it", "LC_ALL": "fr_FR"}, "fr"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "gl:ca:es"}, "ca"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "es"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "", "LC_ALL": "", "LC_MESSAGES": "de"}, "de"),
        ({"LANG": "ja_JP.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_environment_names_the_language(
    environment: dict[str, str], code: str
) -> None:
    """The order of the variables is gettext's."""
    assert closest_language(catalogs.preferred_languages(environment)) == code
