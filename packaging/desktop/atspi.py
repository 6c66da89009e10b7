"""Reads and uses programs as a screen reader does, over AT-SPI's own bus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    MessageType,
    Properties,
    new_method_call,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

from tooling.processes import WaitTimeoutError, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROOT: Final = "/org/a11y/atspi/accessible/root"
_REGISTRY: Final = "org.a11y.atspi.Registry"
_EVENTS: Final = DBusAddress(
    "/org/a11y/atspi/registry", _REGISTRY, "org.a11y.atspi.Registry"
)
_VALUE: Final = "org.a11y.atspi.Value"
_STATES: Final = {
    "active": 1,
    "checked": 4,
    "enabled": 8,
    "expanded": 10,
    "focusable": 11,
    "focused": 12,
    "selected": 23,
    "showing": 25,
    "checkable": 41,
}
_OLDER_ROLES: Final = {"button": "push button"}
"""GTK on Debian 13 has shorter names for roles; Qt still has the older ones."""
_LABELLED_BY: Final = 2
_PATIENCE_S: Final = 10.0
_REPLY_S: Final = 5.0


class GoneError(Exception):
    """The object is no longer on the screen, or does not support the call."""


@dataclass(frozen=True, slots=True)
class Accessible:
    """An object of a program that AT-SPI shows to assistive technology."""

    screen: ScreenReader
    owner: str
    path: str

    @property
    def name(self) -> str:
        """The name that a screen reader speaks."""
        return str(self._property("Name"))

    @property
    def description(self) -> str:
        """The description that a screen reader speaks after the name."""
        return str(self._property("Description"))

    @property
    def role(self) -> str:
        """The role, such as `push button`, `text` or `dialog`.

        Both toolkits and all versions of AT-SPI give the same word for a role.
        """
        name = str(self._call("Accessible", "GetRoleName")[0])
        return _OLDER_ROLES.get(name, name)

    @property
    def text(self) -> str:
        """The text in it."""
        return str(self._call("Text", "GetText", "ii", (0, -1))[0])

    @property
    def value(self) -> float:
        """The value, between its `limits`."""
        return self._number("CurrentValue")

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return self._number("MinimumValue"), self._number("MaximumValue")

    def move_to(self, value: float) -> None:
        """Set the value."""
        address = DBusAddress(self.path, self.owner, _VALUE)
        self.screen.call(Properties(address).set("CurrentValue", "d", value))

    @property
    def states(self) -> frozenset[str]:
        """The states, such as `enabled`, `focused`, `showing` and `checked`."""
        low, high = self._call("Accessible", "GetState")[0]
        bits = high << 32 | low
        return frozenset(name for name, bit in _STATES.items() if bits >> bit & 1)

    @property
    def label(self) -> str:
        """The name of the object that labels it; empty without one."""
        (relations,) = self._call("Accessible", "GetRelationSet")
        return " ".join(
            Accessible(self.screen, owner, path).name
            for kind, labels in relations
            if kind == _LABELLED_BY
            for owner, path in labels
        )

    @property
    def header(self) -> str:
        """The name of a cell's column."""
        (headers,) = self._call("TableCell", "GetColumnHeaderCells")
        return " ".join(Accessible(self.screen, *one).name for one in headers)

    def has(self, state: str) -> bool:
        """Whether it has a state, such as `enabled` or `checked`."""
        return state in self.states

    def can(self, interface: str) -> bool:
        """Whether it has an interface, such as `Text`, `Value` or `Action`."""
        (known,) = self._call("Accessible", "GetInterfaces")
        return f"org.a11y.atspi.{interface}" in known

    def children(self) -> list[Accessible]:
        """Return its direct children."""
        (found,) = self._call("Accessible", "GetChildren")
        return [Accessible(self.screen, owner, path) for owner, path in found]

    def everything(self) -> Iterator[Accessible]:
        """Yield it and all its descendants, depth first."""
        yield self
        for child in self.children():
            yield from child.everything()

    def press(self) -> None:
        """Do its first action: press a button, tick a box."""
        self._call("Action", "DoAction", "i", (0,))

    def type(self, text: str) -> None:
        """Replace its text."""
        self._call("EditableText", "SetTextContents", "s", (text,))

    def focus(self) -> None:
        """Move the keyboard focus to it."""
        self._call("Component", "GrabFocus")

    def find(
        self, role: str, name: str, *, within_s: float = _PATIENCE_S
    ) -> Accessible:
        """Wait for a visible descendant, by its role and a part of its name."""
        found: list[Accessible] = []

        def is_there() -> bool:
            try:
                found[:] = [
                    one
                    for one in self.everything()
                    if one.role == role and name in one.name and one.has("showing")
                ]
            except GoneError:
                found.clear()  # the screen changed meanwhile
            return bool(found)

        self._await(is_there, f"a {role} named {name!r}", within_s)
        return found[0]

    def says(self, words: str, *, within_s: float = _PATIENCE_S) -> None:
        """Wait until these words are in a visible name or description."""

        def is_said() -> bool:
            try:
                return any(
                    words in f"{one.name}\n{one.description}"
                    for one in self.everything()
                    if one.has("showing")
                )
            except GoneError:
                return False

        self._await(is_said, f"the words {words!r}", within_s)

    def outline(self, depth: int = 0) -> str:
        """Return the tree below it as text, without objects that go away meanwhile."""
        try:
            line = f"{'  ' * depth}{self.role}: {self.name}\n"
            return line + "".join(one.outline(depth + 1) for one in self.children())
        except GoneError:
            return ""

    def _await(self, condition: Callable[[], bool], what: str, within_s: float) -> None:
        try:
            wait_until(condition, what, within_s)
        except WaitTimeoutError as error:
            message = f"{error}; there is:\n{self.outline()}"
            raise AssertionError(message) from error

    def _property(self, name: str) -> object:
        address = DBusAddress(self.path, self.owner, "org.a11y.atspi.Accessible")
        return self.screen.call(Properties(address).get(name))[0][1]

    def _number(self, name: str) -> float:
        address = DBusAddress(self.path, self.owner, _VALUE)
        return float(self.screen.call(Properties(address).get(name))[0][1])

    def _call(
        self,
        interface: str,
        method: str,
        signature: str | None = None,
        body: tuple[Any, ...] = (),
    ) -> tuple[Any, ...]:
        address = DBusAddress(self.path, self.owner, f"org.a11y.atspi.{interface}")
        return self.screen.call(new_method_call(address, method, signature, body))


class ScreenReader:
    """All programs of a session that support assistive technology.

    Use it as a context manager; `bus` is the session bus's address.
    """

    def __init__(self, bus: str) -> None:
        with open_dbus_connection(bus) as session:
            launcher = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            ask = new_method_call(launcher, "GetAddress")
            (address,) = session.send_and_get_reply(ask, timeout=_REPLY_S).body
        self._connection = open_dbus_connection(address.split(",")[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def program(self, name: str, *, within_s: float = _PATIENCE_S) -> Accessible:
        """Wait for a program by a part of its name."""
        found: list[Accessible] = []

        def is_there() -> bool:
            desktop = Accessible(self, _REGISTRY, _ROOT)
            found.clear()
            for one in desktop.children():
                try:
                    if name in one.name:
                        found.append(one)
                except GoneError:
                    continue
            return bool(found)

        wait_until(is_there, f"the program {name!r}", within_s)
        return found[-1]

    def focused_by(self, act: Callable[[], object], role: str) -> Accessible:
        """Act, and return the object of this role that gets the focus.

        An open menu is no part of its program: only the focus leads to it.
        """
        for accessible, body in self._heard(
            "state-changed:focused", "StateChanged", act
        ):
            if body[:2] == ("focused", 1) and accessible.role == role:
                return accessible
        raise AssertionError

    def described_by(self, act: Callable[[], object], described: Accessible) -> str:
        """Act, and return the new description of an object once it changed."""
        kind = "property-change:accessible-description"
        for accessible, body in self._heard(kind, "PropertyChange", act):
            if (
                accessible.path == described.path
                and body[0] == "accessible-description"
            ):
                return described.description
        raise AssertionError

    def announces(self, words: str, act: Callable[[], object]) -> None:
        """Act, and wait until the program announces these words."""
        for _, body in self._heard("announcement", "Announcement", act):
            if words in str(body[3][1]):
                return

    def _heard(
        self, kind: str, member: str, act: Callable[[], object]
    ) -> Iterator[tuple[Accessible, tuple[Any, ...]]]:
        """Act, and yield the events of a kind: the object and the event's body."""
        event = f"object:{kind}"
        self.call(new_method_call(_EVENTS, "RegisterEvent", "s", (event,)))
        rule = MatchRule(
            type="signal", interface="org.a11y.atspi.Event.Object", member=member
        )
        Proxy(message_bus, self._connection).AddMatch(rule)
        with self._connection.filter(rule, bufsize=100) as changes:
            act()
            while True:
                changed = self._connection.recv_until_filtered(
                    changes, timeout=_PATIENCE_S
                )
                fields = changed.header.fields
                yield (
                    Accessible(
                        self, fields[HeaderFields.sender], fields[HeaderFields.path]
                    ),
                    changed.body,
                )

    def call(self, message: Any) -> tuple[Any, ...]:  # noqa: ANN401  # jeepney's own
        """Send a call and return the body of its reply; `GoneError` for an error."""
        try:
            reply = self._connection.send_and_get_reply(message, timeout=_REPLY_S)
        except TimeoutError as error:
            raise GoneError(str(error)) from error
        if reply.header.message_type is MessageType.error:
            raise GoneError(str(reply.body))
        return reply.body
