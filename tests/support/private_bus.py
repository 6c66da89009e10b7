"""A session bus of a test's own, on which nothing can be started."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop_parts import FILES


@contextmanager
def private_bus() -> Iterator[str]:
    """Run a bus, and give its address."""
    with tempfile.TemporaryDirectory(prefix="bt-") as name:
        folder = Path(name)
        config = folder / "bus.conf"
        template = (FILES / "bus.conf").read_text()
        address = f"unix:path={folder}/bus"
        config.write_text(template.format(address=address, services=folder / "none"))
        daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"],  # noqa: S607  # wherever it is
            stdout=subprocess.PIPE,
            text=True,
        )
        with daemon:
            assert daemon.stdout is not None
            try:
                yield daemon.stdout.readline().strip()
            finally:
                daemon.kill()
