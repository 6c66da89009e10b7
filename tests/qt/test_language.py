"""Numbers as the operating system has them set."""

import json
import os
import subprocess
import sys

import pytest

SAY = """
import json
from decimal import Decimal
from trayapp.qt.language import person_language
language = person_language()
amounts = ("1234.5", "12345.5", "-0.75")
said = [language.money(Decimal(one), "EUR") for one in amounts]
said.append(language.money(Decimal("1225"), "CREDITS"))
typed = said[1].strip("€\u00a0")
print(json.dumps([*said, str(language.typed_number(typed)), language.zone is None]))
"""
SAID = {
    "de_DE.UTF-8": ["1.234,50_€", "12.345,50_€", "-0,75_€", "1.225_CREDITS"],
    "es_ES.UTF-8": ["1234,50_€", "12.345,50_€", "-0,75_€", "1225_CREDITS"],
    "en_US.UTF-8": ["€1,234.50", "€12,345.50", "-€0.75", "1,225_CREDITS"],
    "fr_FR.UTF-8": ["1n234,50_€", "12n345,50_€", "-0,75_€", "1n225_CREDITS"],
    "C": ["€1,234.50", "€12,345.50", "-€0.75", "1,225_CREDITS"],
    "C.UTF-8": ["€1,234.50", "€12,345.50", "-€0.75", "1,225_CREDITS"],
}
"""`_` is a no-break space, `n` a narrow one."""
pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="not set by the environment there"
)


def said(**environment: str) -> list[object]:
    """Start a program in a language and let it write some amounts."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG"))
    }
    done = subprocess.run(
        [sys.executable, "-c", SAY],
        env={**kept, **environment, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: list[object] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(("name", "expected"), SAID.items(), ids=SAID)
def test_amounts_are_written_and_read_as_people_there_do(
    name: str, expected: list[str]
) -> None:
    """Where the marks stand, which they are, and from when thousands are grouped."""
    *written, typed, has_own_zone = said(LC_ALL=name)
    spaces = str.maketrans({"_": "\u00a0", "n": "\u202f"})
    assert written == [text.translate(spaces) for text in expected]
    assert typed == "12345.50"
    assert has_own_zone is True


def test_numbers_may_be_set_apart_from_the_language() -> None:
    """English words with German numbers is a usual choice."""
    amounts = said(LANG="en_US.UTF-8", LC_NUMERIC="de_DE.UTF-8")
    assert str(amounts[0]).strip("€\u00a0") == "1.234,50"
