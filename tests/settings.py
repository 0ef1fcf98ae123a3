"""The site's settings as a developer's checkout has them, whatever the shell says."""

import os

from superlists.configuration import VARIABLES

for _name in VARIABLES:
    os.environ.pop(_name, None)
os.environ |= {"SITE_ENVIRONMENT": "local", "SUPERLISTS_TESTING": "1", "SITE_ORIGIN": "http://testserver"}

from superlists.settings import *  # noqa: E402, F403
