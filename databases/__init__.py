"""PostgreSQL servers on demand, each in a container of its own. Imports nothing of what surrounds it."""
