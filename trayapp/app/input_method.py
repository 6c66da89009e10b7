"""Lets people type who write with Fcitx, which Qt as it comes has no plugin for."""

from collections.abc import MutableMapping
from typing import Final

_LIST: Final = "QT_IM_MODULES"
_ONE: Final = "QT_IM_MODULE"
_FCITX: Final = {"fcitx", "fcitx5"}
_INSTEAD: Final = ("ibus", "compose")
"""Fcitx answers to whoever speaks to IBus; and dead keys are better than none."""


def name_others(environment: MutableMapping[str, str]) -> None:
    """Add to a wish for Fcitx what Qt can do, which would know dead keys alone.

    Fcitx stays the first: a Qt of the distribution's may have its plugin.
    """
    wish = environment.get(_LIST) or environment.get(_ONE, "")
    wanted = [one for one in wish.split(";") if one]
    if _FCITX.intersection(wanted):
        others = (one for one in _INSTEAD if one not in wanted)
        environment[_LIST] = ";".join((*wanted, *others))
