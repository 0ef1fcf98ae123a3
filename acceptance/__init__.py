"""An engine for acceptance tests of Django sites: behave in a real browser, against whatever runs the site."""
