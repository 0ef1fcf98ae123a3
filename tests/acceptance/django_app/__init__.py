"""The server side of the fixtures, and what keeps it away from data worth keeping."""
