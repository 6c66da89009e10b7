"""A session bus of a test's own, on which nothing can be started."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from desktop.parts import FILES


@dataclass(frozen=True, slots=True)
class Bus:
    """A bus that runs."""

    address: str
    daemon: "subprocess.Popen[str]"
    services: Path
    """The folder, empty at first, of what the bus may start."""


@contextmanager
def whole_bus() -> Iterator[Bus]:
    """Run a bus, and give all of it."""
    with tempfile.TemporaryDirectory(prefix="bt-") as name:
        folder = Path(name)
        config, services = folder / "bus.conf", folder / "services"
        services.mkdir()
        template = (FILES / "bus.conf").read_text()
        address = f"unix:path={folder}/bus"
        config.write_text(template.format(address=address, services=services))
        daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"],  # noqa: S607  # wherever it is
            stdout=subprocess.PIPE,
            text=True,
        )
        with daemon:
            assert daemon.stdout is not None
            try:
                yield Bus(daemon.stdout.readline().strip(), daemon, services)
            finally:
                daemon.kill()


@contextmanager
def private_bus() -> Iterator[str]:
    """Run a bus, and give its address."""
    with whole_bus() as bus:
        yield bus.address
