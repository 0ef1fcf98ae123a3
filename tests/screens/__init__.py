"""Pages in a real browser: those of the report, and every page of the site."""
