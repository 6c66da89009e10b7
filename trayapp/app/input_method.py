"""Lets people type who write with Fcitx, which Qt as it comes has no plugin for."""

from collections.abc import MutableMapping
from typing import Final

_LIST: Final = "QT_IM_MODULES"
_ONE: Final = "QT_IM_MODULE"
_FCITX: Final = {"fcitx", "fcitx5"}
_INSTEAD: Final = ("ibus", "compose")
"""Fcitx also serves IBus's clients. Without it, dead keys are better than no keys."""


def name_others(environment: MutableMapping[str, str]) -> None:
    """Add to a wish for Fcitx what Qt can do, which would know dead keys alone.

    Fcitx stays the first: a Qt of the distribution's may have its plugin.
    """
    wish = environment.get(_LIST) or environment.get(_ONE, "")
    wanted = [name for name in wish.split(";") if name]
    if _FCITX.intersection(wanted):
        others = (name for name in _INSTEAD if name not in wanted)
        environment[_LIST] = ";".join((*wanted, *others))
