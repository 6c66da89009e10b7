"""Changes of the database: each all or nothing, and several with one wait."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from trayapp.services.history.schema import translated


class Transactions:
    """Makes transactions on one connection.

    Each waits until it is on the disk. Raises `HistoryProblem`.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._is_together = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have all that is changed meanwhile become one transaction.

        What fails in between is undone for itself, and the rest goes on.
        """
        with translated(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._is_together = True
            try:
                yield
            finally:
                self._is_together = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """Change all or nothing, alone or as one of several together."""
        with translated():
            if not self._is_together:
                with self._db:
                    yield
                return
            self._db.execute("SAVEPOINT one")
            try:
                yield
            except BaseException:
                if self._db.in_transaction:  # a full disk ends all of it at once
                    self._db.execute("ROLLBACK TO one")
                raise
            finally:
                if self._db.in_transaction:
                    self._db.execute("RELEASE one")
