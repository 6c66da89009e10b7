"""Settings of the Python interpreter that a short start and a smooth window need."""

import builtins
import gc


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


def restore_import() -> None:
    """Put Python's own import back; call it after the first import of PySide6.

    PySide6 replaces it. From then on it reads the source of each imported module and
    looks for a mention of PySide6, because the module may need the switches of
    `__feature__` (PYSIDE-2029). For the hundreds of modules behind an HTTP client and
    a keyring that is 12 MB of lines, which `linecache` keeps. This program uses no
    such switch.
    """
    own_import = getattr(builtins, "__orig_import__", None)
    if own_import is not None:
        builtins.__import__ = own_import
