"""Tests of the server in a box, on the container engine."""
