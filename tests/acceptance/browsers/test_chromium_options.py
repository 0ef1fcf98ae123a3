"""What Chromium is started with."""

from acceptance.browsers.base import Installed
from acceptance.browsers.chromium import Chrome


def test_the_options_name_the_program():
    # The baselines of `make bench` take the options as they are: without the program, theirs would be another browser.
    binary = "/usr/bin/chromium-headless-shell"
    assert Chrome(Installed(binary, "chromedriver"), headless=True).options().binary_location == binary
