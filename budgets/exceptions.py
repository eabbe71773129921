"""What a service says when a rule forbids a write. Views show the message; commands print it."""

from collections.abc import Hashable, Sequence


class RuleViolation(Exception):
    """A domain rule refuses the write; the message says what happened, why and what to do."""


class StaleVersion(RuleViolation):
    """Somebody else changed the same thing meanwhile; nothing was written.

    ``current`` describes what is stored now, so that the person sees both values.
    """

    def __init__(self, message: str, *, current: str = "") -> None:
        super().__init__(message)
        self.current = current


class CellErrors(RuleViolation):
    """Several cells of one paste or import were refused; nothing of it was written.

    ``errors`` holds (cell, message) pairs, all of them, in the order of the input; ``keys``, where given, says
    of each which cell it is about in terms of the domain.
    """

    def __init__(
        self, errors: Sequence[tuple[str, str]], keys: Sequence[Hashable] | None = None
    ) -> None:
        super().__init__("; ".join(f"{cell}: {message}" for cell, message in errors))
        self.errors = tuple(errors)
        self.keys = tuple(keys or ())


class StaleCells(CellErrors):
    """Every refused cell was changed by somebody else meanwhile, and nothing else is wrong with it."""


class BelowPaid(CellErrors):
    """A plan would fall below what is already paid; its author may confirm it and say why."""
