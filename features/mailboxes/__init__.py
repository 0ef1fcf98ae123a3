"""Ways to read the mail that the site sends; a target says which one is its own."""
