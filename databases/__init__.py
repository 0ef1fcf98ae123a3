"""PostgreSQL servers on demand, each in a container of its own. Imports nothing of what surrounds it."""


class RefusedError(Exception):
    """A request that is not done: what is wrong, what is allowed, and the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        """Take the HTTP status, and a sentence for the person who asked."""
        super().__init__(message)
        self.status = status
