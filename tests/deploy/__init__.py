"""Tests of what deploys the site, as far as they need no container engine."""
