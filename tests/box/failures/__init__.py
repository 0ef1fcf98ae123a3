"""Deploys that fail: what served goes on, and the next deploy works."""
