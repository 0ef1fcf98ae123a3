"""When mail came, where a mailbox tells little of it: between which two looks at what lies there."""

import time
from collections.abc import Iterable

NEVER = float("-inf")


class Arrivals:
    """Which mails lay in a mailbox at each look, by their ids.

    What a mail says of its own time is another machine's clock, in whole seconds at
    best; between two looks of ours it can be believed.
    """

    def __init__(self) -> None:
        """Begin without a look."""
        self.looked_at = NEVER
        self._between: dict[str, tuple[float, float]] = {}

    def note(self, ids: Iterable[str], began: float, *, all_there_are: bool = True) -> None:
        """Note what lay there at a look that began at this moment, and has just ended."""
        for each in ids:
            self._between.setdefault(each, (self.looked_at, began))
        if all_there_are:
            # Of any other mail it is known from now on that it came later.
            self.looked_at = time.time()

    @property
    def count(self) -> int:
        """How many mails were ever seen there."""
        return len(self._between)

    def since(self, moment: float) -> list[str]:
        """Return the ids of what may have come after a moment, the last seen first."""
        return [each for each, (_, latest) in reversed(self._between.items()) if latest >= moment]

    def time_of(self, each: str, told: float | None) -> float:
        """Return when a mail came, which says of itself that it came when `told`."""
        earliest, latest = self._between[each]
        return min(max(earliest if told is None else told, earliest), latest)
