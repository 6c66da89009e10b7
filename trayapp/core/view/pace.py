"""What a person reads of a gateway that takes few requests."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from trayapp.core.i18n.language import Language

if TYPE_CHECKING:  # the icon is shown before it is needed
    from collections.abc import Iterable

    from trayapp.core.pace import PaceNotice

_MINUTE: Final = timedelta(minutes=1)


def pace_sentences(notices: "Iterable[PaceNotice]", language: Language) -> str:
    """Write a sentence for each host that takes longer than the interval."""
    return " ".join(_sentence(notice, language) for notice in notices)


def _sentence(notice: "PaceNotice", language: Language) -> str:
    translate, plural = language.gettext, language.ngettext
    requests = max(round(notice.limit.per_minute), 1)
    minutes = max(round(notice.cycle / _MINUTE), 1)
    return translate(
        "{host} takes {requests}, so each account is asked {often}."
    ).format(
        host=notice.host.removesuffix(":443"),
        # Translators: part of "api.example.com takes about 10 requests a minute, so …"
        requests=plural(
            "about {n} request a minute", "about {n} requests a minute", requests
        ).format(n=requests),
        # Translators: part of "… so each account is asked every 100 minutes."
        often=plural("every {n} minute", "every {n} minutes", minutes).format(
            n=minutes
        ),
    )
