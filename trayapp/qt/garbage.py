"""Python's garbage collector, kept from what is not garbage."""

import gc


def rest_collector() -> None:
    """Let it rest while the program starts: nothing of what is imported is garbage.

    It would look at all of that again and again, for a tenth of the start.
    """
    gc.disable()


def spare_collector() -> None:
    """Keep it from what is there to stay, modules and widgets, and let it work again.

    It would look at all of it again and again, on whichever thread it happens to run,
    and with two hundred cards hold up the window for 30 to 70 ms each time.
    """
    gc.unfreeze()  # cards that are gone since the last time
    gc.collect()
    gc.freeze()
    gc.enable()
