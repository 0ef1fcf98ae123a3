"""Where a web server finds the site. An environment that is not named is production."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

from acceptance.django_app.guard import refuse_stamped_production

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superlists.settings")

application = get_wsgi_application()
refuse_stamped_production()
# Workers that a server forks after this must not share the connection that was used.
connections.close_all()
