"""A terminal that tests read."""

import io


class TerminalStream(io.StringIO):
    """What a terminal shows."""

    def isatty(self) -> bool:
        """Return True."""
        return True
