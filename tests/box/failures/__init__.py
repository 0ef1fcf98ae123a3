"""Deploys that fail, are killed or cut off: what served goes on, and the next deploy works."""
