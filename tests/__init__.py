"""Tests of the site, of the suite, and of the rules that hold between their rooms."""

from acceptance.proxies import bypass_proxies

# What a test asks for is on this machine.
bypass_proxies()
