"""Rows on disk while the database is away: more than memory should hold, and what a restart must not lose.

One file, `waiting.jsonl`, a row a line. It is read in order when the database is back, and removed when
everything in it has been committed; a row that comes twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from ivr.engines.records.rows import Row, from_line, to_line

FILE: Final = "waiting.jsonl"


class Spill:
    """The file in `folder`. Methods raise `OSError`. It may be used from one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def __bool__(self) -> bool:
        return self._path.exists()

    def add(self, rows: Iterable[Row]) -> list[tuple[Row, Exception]]:
        """Write rows behind those that are there, to the disk itself. Gives those that have no line."""
        lines: list[bytes] = []
        refused: list[tuple[Row, Exception]] = []
        for row in rows:
            try:
                lines.append(to_line(row))
            except (TypeError, ValueError, RecursionError) as error:
                refused.append((row, error))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.writelines(lines)
        return refused

    def batches(self, size: int) -> Iterator[list[Row]]:
        """What is there, oldest first, `size` rows at a time. A torn last line is left out."""
        with self._path.open("rb") as file:
            while lines := list(islice(file, size)):
                yield [row for row in map(from_line, lines) if row is not None]

    def count(self) -> int:
        """Rows that are there; 0 when they cannot be read."""
        try:
            return sum(len(batch) for batch in self.batches(10_000))
        except OSError:
            return 0

    def clear(self) -> None:
        """Everything has been committed."""
        self._path.unlink(missing_ok=True)

    def forget(self, call_ids: frozenset[str]) -> None:
        """Take calls out (erasure)."""
        if not self:
            return
        kept = self._path.with_suffix(".kept")
        with kept.open("wb") as file:
            for batch in self.batches(10_000):
                file.writelines(to_line(row) for row in batch if row.call_id not in call_ids)
        kept.replace(self._path)
