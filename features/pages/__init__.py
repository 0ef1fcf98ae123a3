"""The pages of Superlists: where things are on them, and what can be done there."""
