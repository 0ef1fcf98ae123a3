"""Tests of the site, of the suite, and of the rules that hold between their rooms."""
