"""The contract that every target keeps: the same calls, the same answers, the same errors."""
