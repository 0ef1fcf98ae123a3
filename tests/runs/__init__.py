"""Tests of whole runs: behave as its users start it, with a real browser."""
