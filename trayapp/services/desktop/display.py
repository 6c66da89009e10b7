"""The display that a program shows its windows on, to compare it with another's."""

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Final, Self

_X11: Final = "xcb"
_WAYLAND: Final = "wayland"
_FIELDS: Final = 4
_X11_NAME: Final = re.compile(
    r"(?P<host>[^/]*/)?(?P<name>[^/]*):(?P<number>\d+)(\.\d+)?"
)
_MAX_FIELD: Final = 200


@dataclass(frozen=True, slots=True)
class Display:
    """The display of one process; a text is empty where nothing is known."""

    platform: str = ""
    """Qt's platform plug-in: xcb, wayland, or another one."""
    x11: str = ""
    """The X display, such as `:0`; on Wayland that of Xwayland."""
    wayland: str = ""
    """The path of the Wayland socket."""
    session: str = ""
    """logind's identifier of the session."""

    @classmethod
    def of_process(cls, platform: str, environ: Mapping[str, str]) -> Self:
        """Return the display of a process with this Qt platform and environment."""
        wayland = environ.get("WAYLAND_DISPLAY", "")
        if not wayland and platform.startswith(_WAYLAND):
            wayland = "wayland-0"  # libwayland's default
        if wayland:
            wayland = os.path.join(environ.get("XDG_RUNTIME_DIR", ""), wayland)  # noqa: PTH118  # keeps a relative name as it is
        return cls(
            _WAYLAND if platform.startswith(_WAYLAND) else platform,
            _normalized(environ.get("DISPLAY", "")),
            wayland,
            environ.get("XDG_SESSION_ID", ""),
        )

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Read what `line` wrote; of anything else nothing is known."""
        fields = line.decode("utf-8", "replace").removesuffix("\n").split("\t")
        return cls(*fields) if len(fields) == _FIELDS else cls()

    def line(self) -> bytes:
        """Write it as one line."""
        fields = (re.sub(r"\s", " ", field)[:_MAX_FIELD] for field in astuple(self))
        return ("\t".join(fields) + "\n").encode("utf-8", "replace")

    @property
    def name(self) -> str:
        """What a person knows the display by, such as `:0` or `wayland-0`."""
        return self.x11 if self.platform == _X11 else self.wayland.rpartition("/")[2]

    def differs_from(self, other: "Display") -> bool:
        """Return whether the two are certainly different displays.

        A session with Wayland has an X display, too. A program there may use either,
        and its environment names both. Names of the kind that both programs use decide;
        the environment may hold those of another session. Without anything to compare,
        the displays count as the same.
        """
        if not {self.platform, other.platform} <= {_X11, _WAYLAND}:
            return False
        if self.platform == other.platform:
            mine, theirs = (
                (self.x11, other.x11)
                if self.platform == _X11
                else (self.wayland, other.wayland)
            )
            return bool(mine and theirs) and mine != theirs
        shared = {self.x11, self.wayland, self.session} - {""}
        if shared & {other.x11, other.wayland, other.session}:
            return False
        return bool(self.session and other.session)


UNKNOWN_DISPLAY: Final = Display()
"""Of it nothing is known, so it differs from no other."""


def _normalized(display: str) -> str:
    """Return an X display without its screen, and without this computer's name."""
    parts = _X11_NAME.fullmatch(display)
    if parts is None:
        return display
    host = "" if parts["name"] in {"unix", socket.gethostname()} else parts["name"]
    return f"{host}:{parts['number']}"
