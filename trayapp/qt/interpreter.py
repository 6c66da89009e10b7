"""Settings of the Python interpreter that a short start and a smooth window need."""

import builtins
import gc
import sys


def pause_garbage_collection() -> None:
    """Turn the garbage collector off while the program starts.

    Nothing that is imported is garbage. Collections would examine all of it many
    times and take a tenth of the start.
    """
    gc.disable()


def freeze_long_lived_objects() -> None:
    """Collect garbage once, exclude what is left from collections, and turn them on.

    What is left are modules and widgets. A full collection that examines them, on
    whichever thread it happens to run, stops the window for 30 to 70 ms with two
    hundred cards.
    """
    gc.unfreeze()  # cards that were removed since the last call
    gc.collect()
    gc.freeze()
    gc.enable()


def return_free_memory() -> None:
    """Give memory that the imports used for a moment back to the system: 1 to 4 MB.

    Between the objects that stay, glibc keeps it for later. Other systems' libraries
    have no such function.
    """
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415  # it would make the start longer

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)


def restore_import() -> None:
    """Put Python's own import back; call it after the first import of PySide6.

    PySide6's own one reads the source of each imported module, in search of the
    switches of `__feature__` (PYSIDE-2029). This program uses none of them. For the
    hundreds of modules behind an HTTP client and a keyring, `linecache` would keep
    12 MB of lines.
    """
    own_import = getattr(builtins, "__orig_import__", None)
    if own_import is not None:
        builtins.__import__ = own_import
