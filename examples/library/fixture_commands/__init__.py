"""Commands that make what Givens ask for; installed only where scenarios may empty the database."""
