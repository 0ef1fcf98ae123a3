"""The server side of the fixtures; installed only where the site's data is disposable."""
