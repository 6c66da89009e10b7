"""Writes notifications: one account's alerts, or several accounts' as a list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.kinds import KINDS
from trayapp.core.alerts.notification import (
    Notification,
    NotificationButton,
    Urgency,
)
from trayapp.core.alerts.phrases import amount_left, days_words
from trayapp.core.i18n.language import Language, mark
from trayapp.core.i18n.plain_text import one_line
from trayapp.core.settings import AlertKind

_MOST_LINES: Final = 5
"""In a notification about several accounts; desktops cut longer ones off."""
_LONGEST_NAME: Final = 60
_LONGEST_NAME_IN_LIST: Final = 40
_GRAVITY: Final = {kind: position for position, kind in enumerate(KINDS)}
_UNSEEN: Final = mark("no top-up seen")


def sample_notification(language: Language) -> Notification:
    """Write a notification with which a person tries out whether they are shown."""
    return Notification(
        topic="sample",
        account_id="",
        title=language.gettext("This is how Balance Tray tells you"),
        body=language.gettext(
            "Notifications work. Low balances, rejected keys and the like come so."
        ),
        urgency=Urgency.NORMAL,
        buttons=_buttons((), language),
    )


def notification_about(
    alerts: Alert | Sequence[Alert], language: Language
) -> Notification:
    """Write one notification about one or more alerts, the gravest first.

    Alerts of one account have their full text. Alerts of several accounts have a line
    each.
    """
    given = [alerts] if isinstance(alerts, Alert) else alerts
    ordered = sorted(given, key=lambda alert: _GRAVITY[alert.kind])
    gravest = ordered[0]
    account_ids = list(dict.fromkeys(alert.account.id for alert in ordered))
    if len(account_ids) == 1:
        bodies = (_body(alert, language) for alert in ordered)
        notification = replace(_single(gravest, language), body="\n".join(bodies))
        return replace(notification, alerts=tuple(ordered))
    lines = [_line(alert, language) for alert in ordered[:_MOST_LINES]]
    more = len(ordered) - len(lines)
    if more:
        # Translators: notifications that are not listed.
        words = language.ngettext("and {n} more", "and {n} more", more)
        lines.append(words.format(n=more))
    return Notification(
        # A notification about other accounts stays on the screen.
        topic="/".join(["several", *sorted(account_ids)]),
        account_id=gravest.account.id,
        title=_title_of_several(ordered, len(account_ids), language),
        body="\n".join(lines),
        urgency=_urgency(gravest),
        buttons=_buttons((), language),
        alerts=tuple(ordered),
    )


def _single(alert: Alert, language: Language) -> Notification:
    record, account = KINDS[alert.kind], alert.account
    own: tuple[tuple[NotificationButton, str], ...] = ()
    if record.button is not None:
        button, label = record.button
        if button is not NotificationButton.TOP_UP or account.website_url:
            own = ((button, language.gettext(label)),)
    name = one_line(account.name, _LONGEST_NAME)
    return Notification(
        topic=f"{account.id}/{record.topic}",
        account_id=account.id,
        title=_named(name, _event(alert, language), language),
        body=_body(alert, language),
        urgency=_urgency(alert),
        buttons=_buttons(own, language),
    )


def _buttons(
    own: tuple[tuple[NotificationButton, str], ...], language: Language
) -> tuple[tuple[NotificationButton, str], ...]:
    translate = language.gettext
    return (
        # Translators: a button: it brings the window up.
        (NotificationButton.DEFAULT, translate("Open")),
        *own,
        (NotificationButton.OPEN, translate("Open")),
        # Translators: a button: no notifications for 8 hours.
        (NotificationButton.SNOOZE, translate("Snooze 8 h")),
    )


def _urgency(alert: Alert) -> Urgency:
    return Urgency.CRITICAL if KINDS[alert.kind].is_urgent else Urgency.NORMAL


def _title_of_several(
    alerts: Sequence[Alert], accounts: int, language: Language
) -> str:
    if all(alert.kind is AlertKind.TOPPED_UP and alert.rise for alert in alerts):
        words = language.ngettext(
            "{n} account was topped up", "{n} accounts were topped up", accounts
        )
    else:
        words = language.ngettext(
            "{n} account needs you", "{n} accounts need you", accounts
        )
    return words.format(n=accounts)


def _event(alert: Alert, language: Language) -> str:
    """Say what happened, without the account's name."""
    record = KINDS[alert.kind]
    words = record.event
    if alert.again and record.reminder:
        words = record.reminder
    if alert.unseen_since is not None:
        words = _UNSEEN
    return language.gettext(words)


def _body(alert: Alert, language: Language) -> str:
    """Say how things stand and what to do about it."""
    days = days_words(alert.days, language) if alert.days is not None else ""
    sentences = (days, KINDS[alert.kind].body(alert, language))
    return " ".join(filter(None, sentences))


def _line(alert: Alert, language: Language) -> str:
    """Say it in one line, for a notification about several accounts."""
    own_words = KINDS[alert.kind].line(alert, language)
    parts = (own_words or _event(alert, language), amount_left(alert, language))
    name = one_line(alert.account.name, _LONGEST_NAME_IN_LIST)
    return _named(name, ", ".join(filter(None, parts)), language)


def _named(name: str, event: str, language: Language) -> str:
    # Translators: an account's name, and what happened to it.
    words = language.gettext("{name}: {event}")
    return words.format(name=name, event=event)
