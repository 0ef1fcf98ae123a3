"""Databases on demand, on a real engine."""
