"""The fuzz targets' examples, and every case that failed once."""

import json
from typing import Final

from fuzzing.instance_target import CalledInstance
from fuzzing.targets import (
    KEY,
    AlertMemoryTarget,
    LoginEntryTarget,
    ReplyTarget,
    SettingsFileTarget,
    Target,
    TextTarget,
)
from trayapp.core.alerts.memory import AlertMemory

TARGETS: Final[dict[str, type[Target]]] = {
    "reply": ReplyTarget,
    "settings-file": SettingsFileTarget,
    "called": CalledInstance,
    "remembered": AlertMemoryTarget,
    "login-entry": LoginEntryTarget,
    "text": TextTarget,
}
_MEMORY: Final = AlertMemory().as_dict()


def _changed(**values: object) -> bytes:
    return json.dumps({**_MEMORY, **values}).encode()


EXAMPLES: Final[dict[str, tuple[bytes, ...]]] = {
    "reply": (
        (
            b"200|application/json\n"
            b'{"status": "ok", "result": {"balance": "350.1200", "currency": "EUR"}}'
        ),
        b'200\n{"status": "ok", "result": {"balance": -1225, "currency": "SMS"}}',
        (
            b"401|application/json\n"
            b'{"status": "error", "error_id": "UNAUTHORIZED", "error_msg": "no"}'
        ),
        f'400|{KEY}\n{{"status": "error", "error_id": "{KEY}"}}'.encode(),
        b"429|text/plain|120\n",
        b"503|text/html|Fri, 31 Dec 1999 23:59:59 GMT\n<html>",
        b"200|text/html||gzip\n\x1f\x8b",
    ),
    "settings-file": (
        (
            b"version = 1\n[settings]\ninterval_minutes = 15\ntold = ['low']\n"
            b"unreachable_after_hours = 6.0\nreminder_hours = 24\n"
            b"quiet = {start = 22:00:00, end = 07:00:00}\n"
        ),
        (
            b"version = 1\n[[account]]\nid = 'a'\nname = 'Shop'\nservice = 'custom'\n"
            b"base_url = 'https://sms.example'\npanel = ''\nlow_below = '12.50'\n"
            b"warn_days = 5\nprice = '0.0450'\nsub_account = 'shop'\n"
        ),
        b"version = 2\n",
    ),
    "called": (b"show\n", b"qu\xffit\n", b"reload\r\n", b"GET / HTTP/1.1\r\n\r\n"),
    "remembered": (
        _changed(),
        _changed(
            stages={"low": "told", "drain": "held"},
            amount="3.5",
            unit="EUR",
            seen="2026-11-23T11:00:00+00:00",
            days=[2, 5],
            drained="2026-11-23T11:00:00+00:00",
            told_at="2026-11-22T11:00:00+00:00",
            failures=3,
            unanswered=True,
            without_s=7200.0,
            looked="2026-11-23T11:59:00+00:00",
        ),
    ),
    "login-entry": (
        (
            b"[Desktop Entry]\nType=Application\nExec=/old/balance-tray --minimized\n"
            b"TryExec=/old/balance-tray\nX-GNOME-Autostart-enabled=false\n"
        ),
        (
            b'[Desktop Entry]\nExec="/a b/c" %U\nHidden=true\nOnlyShowIn=KDE;XFCE;\n'
            b"NotShowIn=GNOME;\n\n[Desktop Action x]\nExec=true\n"
        ),
    ),
    "text": ("\x28Shop — a\u202eb".encode(), b"\x05<b>&amp;\0"),
}
REGRESSIONS: Final[dict[str, tuple[bytes, ...]]] = {
    "reply": (
        # Undoing the escape destroyed the key's first digits, and the rest was no key.
        f"200|text/html %{KEY}\n".encode(),
        f'400\n{{"status": "error", "error_id": "&#x{KEY}"}}'.encode(),
    ),
    "settings-file": (),
    "called": (
        # The beginning of a long line was taken for a message.
        b"show" + b" " * 70 + b"and more\n",
        b"show" + b" " * 70,
        # A caller could send more after "quit".
        b"\xff\xffquit\n\xff\xff\xff\xffquit\n\xff\xff\xff",
    ),
    "remembered": (
        # Moments outside the years of UTC, and nested brackets.
        _changed(since="0001-01-01T00:00:00+14:00"),
        _changed(told_at="9999-12-31T23:59:59-14:00", stages={"low": "told"}),
        _changed(drained="0001-01-01T00:00:00+14:00", stages={"drain": "told"}),
        b"[" * 100_000,
    ),
    "login-entry": (
        # A group header without its end, into which the command was written.
        b"[",
    ),
    "text": (
        # Blanks with only an invisible character between them.
        b"\x50a \xe2\x80\x8b b",
    ),
}
"""The data of each finding, which was fixed in the program."""
