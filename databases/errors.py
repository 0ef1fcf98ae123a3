"""What is not done, and the HTTP status that says so."""


class RefusedError(Exception):
    """A request that is not done: what is wrong, and what is allowed."""

    def __init__(self, status: int, message: str) -> None:
        """Take the HTTP status, and a sentence for whoever asked."""
        super().__init__(message)
        self.status = status


class FullError(RefusedError):
    """There is no room left on the disk."""

    def __init__(self, said: str) -> None:
        """Take what the system said."""
        super().__init__(507, f"The disk is full: {said}")
