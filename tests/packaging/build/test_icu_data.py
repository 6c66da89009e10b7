"""The small ICU library: it sorts as the whole one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from build.icu_data import small_library, without_the_rest
from tooling.steps import StepError

builds = pytest.mark.skipif(
    shutil.which("as") is None, reason="needs the binutils, as each build does"
)

SORTED = """
from PySide6.QtCore import QCollator, QLocale
words = "zebra Äpfel apfel ñandú nube oso éclair Eclair çedilla cd öl 10 9".split()
for language in ("en", "es", "ca", "pt", "fr", "de", "it"):
    collator = QCollator(QLocale(language))
    print(sorted(words, key=collator.sortKey))
    collator.setNumericMode(True)
    print(sorted(words, key=collator.sortKey))
maps = open("/proc/self/maps").read()
print(next(line.split()[-1] for line in maps.splitlines() if "libicudata" in line))
"""


@pytest.fixture(scope="module")
def library() -> Path:
    """Find the library that Qt comes with."""
    return next(Path(PySide6.__file__).parent.glob("Qt/lib/libicudata.so.*"))


@pytest.fixture(scope="module")
def small(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the small one."""
    return small_library(library, tmp_path_factory.mktemp("icu"))


@builds
def test_it_is_a_thirtieth(library: Path, small: Path) -> None:
    """Less than one of its 32 MB is left."""
    assert small.stat().st_size < 1_000_000 < library.stat().st_size / 30


@builds
def test_qt_sorts_with_it_as_with_all_of_it(library: Path, small: Path) -> None:
    """In every language of the program the order of names is the same."""

    def lines(env: dict[str, str]) -> list[str]:
        return subprocess.run(
            [sys.executable, "-c", SORTED],
            env=os.environ | env,
            capture_output=True,
            check=True,
            text=True,
        ).stdout.splitlines()

    *whole, of_whole = lines({})
    *trimmed, of_trimmed = lines({"LD_PRELOAD": str(small)})

    assert trimmed == whole
    assert (Path(of_whole).name, Path(of_trimmed)) == (library.name, small)
    assert whole[2] != whole[6]  # Spanish has a letter that Portuguese has not


def test_a_file_without_data_is_refused() -> None:
    """Another file raises an error, and makes no empty library."""
    with pytest.raises(StepError, match="no ICU data"):
        without_the_rest(b"\x7fELF" + bytes(100))
