"""How fast the suite is, against bare Selenium and against the usual way to test the same."""
