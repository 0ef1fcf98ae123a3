"""Where a web server finds the library; it serves its own few static files."""

import os

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
application = StaticFilesHandler(get_wsgi_application())
