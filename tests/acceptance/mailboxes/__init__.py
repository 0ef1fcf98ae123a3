"""Tests of the ways to read mail, each against a small server of its kind."""
