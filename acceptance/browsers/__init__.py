"""The browsers that a run can use; this is the one place that chooses one by its name."""

from acceptance.browsers.base import Browsers
from acceptance.browsers.chromium import Chrome, FullChrome
from acceptance.browsers.firefox import Firefox
from acceptance.browsers.remote import GridChrome, GridFirefox

# On this machine, and on the nodes of a grid.
BROWSERS: dict[str, type[Browsers]] = {"chrome": Chrome, "chrome-full": FullChrome, "firefox": Firefox}
REMOTE_BROWSERS: dict[str, type[Browsers]] = {"chrome": GridChrome, "firefox": GridFirefox}
