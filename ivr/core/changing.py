"""A copy of an immutable value, with some of its fields changed.

The states of a call are frozen, and every event makes new ones from the old. `dataclasses.replace` reads and
sets a class's fields one by one, which was half of the time that a turn took. A class without slots keeps
them in one dictionary, and that is copied at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace as changed  # the type checker knows by it which fields there are
else:

    def changed(value: Any, **changes: Any) -> Any:
        """For frozen dataclasses without slots and `__post_init__`. Raises `TypeError` as `replace` does."""
        copy = object.__new__(type(value))
        fields = copy.__dict__
        fields.update(value.__dict__)
        fields.update(changes)
        if len(fields) != len(value.__dict__):
            unknown = sorted(changes.keys() - value.__dict__.keys())
            raise TypeError(f"{type(value).__name__} has no field {', '.join(unknown)}")
        return copy


__all__ = ["changed"]
