"""How fast the suite is, against bare Selenium doing the same."""
