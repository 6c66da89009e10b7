"""The files for desktops and shells, made from the program."""

import re
import xml.etree.ElementTree as ET

from linux.share import LICENSES, METAINFO, desktop_file, metainfo
from trayapp import __version__
from trayapp.core.autostart.desktop_entry import DesktopEntry
from trayapp.core.i18n.locales import LOCALES, SOURCE


def test_the_menus_entry_speaks_every_language() -> None:
    """It has a comment in each language, and the program's name."""
    entry = DesktopEntry.parse(desktop_file())

    comments = [entry.get(f"Comment[{code}]") for code in LOCALES if code != SOURCE]
    assert len({*comments, entry.get("Comment")}) == len(LOCALES)
    assert entry.get("Exec") == entry.get("Icon") == "balance-tray"


def test_software_centres_are_told_the_version_and_its_day() -> None:
    """They also get the menu's entry that starts it."""
    root = ET.fromstring(metainfo(epoch=0))  # noqa: S314  # made a line above

    release = root.find("releases/release")
    assert release is not None
    assert release.attrib == {"version": __version__, "date": "1970-01-01"}
    assert root.findtext("launchable") == "balance-tray.desktop"
    assert METAINFO.endswith(f"/{root.findtext('id')}.metainfo.xml")
    tags = [child.tag for child in root]
    first = tags.index("developer_name") + 1
    assert tags[first : first + len(LOCALES)] == ["summary"] * len(LOCALES)
    assert tags.count("summary") == len(LOCALES)


def test_the_texts_that_the_notice_names_are_there() -> None:
    """A licence has to be readable."""
    notice = (LICENSES / "NOTICE.md").read_text()
    named = set(re.findall(r"`([\w.-]+\.txt)`", notice))

    assert named == {one.name for one in LICENSES.glob("*.txt")}
