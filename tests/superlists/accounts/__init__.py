"""Logging in by a mailed link."""
