"""The programs of a desktop, and its session bus."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tooling.processes import ProcessFamily, WaitTimeoutError, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FILES: Final = Path(__file__).with_name("files")
SERVICES: Final = Path("/usr/share/dbus-1/services")
START_S: Final = 20.0
_LOG_LINES: Final = 15


class DesktopError(Exception):
    """A part of the desktop failed; the message has its name and the end of its log."""


class DesktopParts(ProcessFamily):
    """Programs with names, and buses that they share."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        super().__init__(folder, env)
        self._parts: dict[str, subprocess.Popen[str]] = {}

    def tell(self, **env: str) -> None:
        """Add to the environment of all programs that start from now on."""
        self._env |= env

    def start_bus(self, address: str, services: Iterable[str], *, name: str) -> None:
        """Start a bus that can start only these services."""
        folder = self.folder / f"{name}-services"
        folder.mkdir()
        for service in [SERVICES / f"{one}.service" for one in services]:
            if service.exists():
                shutil.copy(service, folder)
        config = self.folder / f"{name}.conf"
        template = (FILES / "bus.conf").read_text()
        config.write_text(template.format(address=address, services=folder))
        self.start_telling_part(
            "dbus-daemon",
            f"--config-file={config}",
            "--nofork",
            "--print-address={}",
            name=name,
        )

    def start_part(
        self, program: str, *args: str, stdin: str = "", name: str | None = None
    ) -> str:
        """Start a part and return its name, by default the program's."""
        name = name or Path(program).name
        part = self.spawn([program, *args], stdin=subprocess.PIPE, log=name)
        self._parts[name] = part
        if part.stdin:
            part.stdin.write(stdin)
            part.stdin.close()
        return name

    def start_telling_part(
        self, program: str, *args: str, name: str | None = None
    ) -> str:
        """Start a part, and return the address that it writes to a descriptor."""
        name = name or program
        readable, writable = os.pipe()
        with os.fdopen(readable) as pipe:
            try:
                arguments = [arg.format(writable) for arg in args]
                self._parts[name] = self.spawn(
                    [program, *arguments], pass_fds=[writable], log=name
                )
            finally:
                os.close(writable)
            told, _, _ = select.select([pipe], [], [], START_S)
            address = pipe.readline().strip() if told else ""
        if not address:
            raise self._failure(name)
        return address

    def await_part(self, name: str, ready: Callable[[], bool]) -> None:
        """Return when a part is ready; raise with its log if it ends before."""
        part = self._parts[name]
        try:
            wait_until(lambda: ready() or part.poll() is not None, name, START_S)
        except WaitTimeoutError as exc:
            raise self._failure(name) from exc
        if part.poll() is not None:
            raise self._failure(name)

    def stop_part(self, name: str) -> None:
        """End a part."""
        self.stop(self._parts.pop(name))

    def join_part(self, name: str) -> None:
        """Wait for a part that ends by itself."""
        part = self._parts[name]
        wait_until(lambda: part.poll() is not None, f"the end of {name}", START_S)
        self.stop_part(name)

    def pid_of(self, name: str) -> int:
        """Return a part's process id."""
        return self._parts[name].pid

    def has_name(self, bus_name: str) -> bool:
        """Whether a name on the session bus has an owner."""
        method = "org.freedesktop.DBus.NameHasOwner"
        reply = self.call("org.freedesktop.DBus", "/", method, f"string:{bus_name}")
        return reply.strip() == "boolean true"

    def wait_for_name(self, bus_name: str, timeout_s: float = START_S) -> None:
        """Wait until a name on the session bus has an owner."""
        wait_until(lambda: self.has_name(bus_name), bus_name, timeout_s)

    def call(self, service: str, path: str, method: str, *arguments: str) -> str:
        """Call a method on the session bus; dbus-send defines arguments and reply."""
        destination = ["--session", "--print-reply=literal", f"--dest={service}"]
        return self.must("dbus-send", *destination, path, method, *arguments)

    def must(self, program: str, *args: str, stdin: str = "") -> str:
        """Run a short program that has to succeed, and return its output."""
        done = self.run([program, *args], stdin=stdin)
        if done.returncode != 0:
            message = f"{program} failed:\n  {done.stdout.strip()}"
            raise DesktopError(message)
        return done.stdout

    def _failure(self, name: str) -> DesktopError:
        last = self.log(name).splitlines()[-_LOG_LINES:]
        return DesktopError("\n  ".join([f"{name} did not start:", *last]))
