"""Another process that locks a database."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

_SCRIPT: Final = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def lock_database(path: Path) -> Callable[[], object]:
    """Let another process lock the database; return the function that ends this."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"locked\n"
    return process.communicate
