"""The files that go into the bundle, and those that do not."""

import pytest

from build.trimming import Entry, wanted, without_orphans

PLUGINS = "PySide6/Qt/plugins"


@pytest.mark.parametrize(
    "place",
    [
        f"{PLUGINS}/platforms/libqxcb.so",
        f"{PLUGINS}/platforms/libqwayland.so",
        f"{PLUGINS}/iconengines/libqsvgicon.so",
        f"{PLUGINS}/imageformats/libqsvg.so",
        f"{PLUGINS}/platforminputcontexts/libibusplatforminputcontextplugin.so",
        f"{PLUGINS}/platforminputcontexts/libcomposeplatforminputcontextplugin.so",
        "PySide6/Qt/translations/qtbase_pt_BR.qm",
        "libxcb-cursor.so.0",
        "libxkbcommon-x11.so.0",
        "libxkbcommon.so.0",  # the two share what they know of each other's inside
        "httpx-0.28.1.dist-info/METADATA",
    ],
)
def test_what_is_needed_stays(place: str) -> None:
    """Such are both platforms, image formats, input methods, translations, licences."""
    assert wanted(place)


@pytest.mark.parametrize(
    "place",
    [
        f"{PLUGINS}/platformthemes/libqgtk3.so",
        f"{PLUGINS}/platforms/libqvnc.so",
        f"{PLUGINS}/imageformats/libqtiff.so",
        f"{PLUGINS}/networkinformation/libqglib.so",
        f"{PLUGINS}/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        f"{PLUGINS}/tls/libqopensslbackend.so",
        "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/Qt/translations/qtbase_ja.qm",
        "PySide6/Qt/translations/qtdeclarative_es.qm",
        "platformdirs-4.14.7.dist-info/sboms/platformdirs.cdx.json",
        "httpx-0.28.1.dist-info/RECORD",
        "libstdc++.so.6",
        "libX11.so.6",
        "libssl.so.3",
        "libatomic.so.1",  # of GLib, on Debian 13
    ],
)
def test_the_rest_goes(place: str) -> None:
    """Unused files, and libraries whose older copies do harm."""
    assert not wanted(place)


def test_a_library_goes_with_the_last_that_needs_it() -> None:
    """A library that only removed ones need is removed, and so are links."""
    needs = {
        "program": ["libused.so.1"],
        "used": ["libdeep.so"],
        "lost": ["liblost-too.so.2"],
    }
    entries: list[Entry] = [
        ("program.so", "program", "EXTENSION"),
        ("Qt/lib/libused.so.1", "used", "BINARY"),
        ("libused.so.1", "Qt/lib/libused.so.1", "SYMLINK"),
        ("libdeep.so", "deep", "BINARY"),
        ("liblost.so.2", "lost", "BINARY"),
        ("liblost-too.so.2", "lost-too", "BINARY"),
        ("libpython3.11.so.1.0", "python", "BINARY"),
        (f"{PLUGINS}/platforms/libqxcb.so", "plugin", "BINARY"),
        ("LICENSE", "LICENSE", "DATA"),
    ]

    left = without_orphans(entries, lambda source: needs.get(source, []))

    gone = {place for place, _, _ in entries} - {place for place, _, _ in left}
    assert gone == {"liblost.so.2", "liblost-too.so.2"}
