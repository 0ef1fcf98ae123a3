"""Tools for people who write features: lint, snippets, and the catalogue of steps."""
