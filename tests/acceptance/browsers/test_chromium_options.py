"""What Chromium is started with."""

import pytest

from acceptance.browsers.base import Installed
from acceptance.browsers.chromium import IN_ONE_THREAD, Chrome


# The baselines of `make bench` take the options as they are: without the program, theirs would be another browser.
@pytest.mark.parametrize(("binary", "draws_beside"), [("/usr/bin/chromium-headless-shell", False), ("chromium", True)])
def test_the_options_name_the_program_and_only_the_shell_draws_in_one_thread(binary: str, draws_beside: bool):
    options = Chrome(Installed(binary, "chromedriver"), headless=True).options()
    assert options.binary_location == binary
    assert (IN_ONE_THREAD not in options.arguments) == draws_beside
