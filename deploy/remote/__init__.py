"""Programs that run on the server, with its own Python and nothing else; sent when they are needed."""
