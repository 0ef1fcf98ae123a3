"""The browsers that scenarios run in."""
