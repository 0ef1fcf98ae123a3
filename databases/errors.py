"""What is refused, and the HTTP status that says so."""


class RefusedError(Exception):
    """A request that is not done: what is wrong, and what is allowed."""

    def __init__(self, status: int, message: str) -> None:
        """Take the HTTP status, and a sentence for the person who asked."""
        super().__init__(message)
        self.status = status
