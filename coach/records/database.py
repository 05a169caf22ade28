"""SQLite files that somebody else may have made: nothing in them is run, nothing is believed to be small."""

import sqlite3
from collections.abc import Iterable

#: Bytes of a value at most.
LONGEST = 300_000
#: Steps of SQLite's machine for all reading through one connection: so many, and so many for each byte of the file.
#: Whoever arranges its pages so that each leads often to the next one makes a small file of endless rows.
_STEPS, _STEPS_A_BYTE, _STEPS_AT_ONCE = 10_000_000, 10, 100_000


def guard(db: sqlite3.Connection, size: int) -> None:
    """From here on reading takes no more memory and time than a good file of that many bytes could need: it fails with
    `sqlite3.Error`. Statements shorter than a tenth of a million steps are not counted."""
    left = _STEPS + _STEPS_A_BYTE * size

    def enough() -> bool:
        nonlocal left
        left -= _STEPS_AT_ONCE
        return left < 0

    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    db.execute("PRAGMA trusted_schema = OFF")
    db.set_progress_handler(enough, _STEPS_AT_ONCE)


def check_plain(db: sqlite3.Connection, tables: Iterable[str]) -> None:
    """Raises ValueError for a file that has more than tables and indexes: a view, a virtual table, a trigger or a
    column that is computed would be a program of whoever made the file (`LIKE` alone can take hours)."""
    others = "SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
    if other := db.execute(others).fetchone():
        raise ValueError(f"'{other[0]}' is nothing that such a file has")
    for table in tables:
        if any(hidden for *_, hidden in db.execute(f'PRAGMA table_xinfo("{table}")')):
            raise ValueError(f"'{table}' has columns that are computed")
