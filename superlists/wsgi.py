"""Where a web server finds the site. An environment that is not named is production."""

import os

from django.core.wsgi import get_wsgi_application

from superlists.stamp import refuse_stamped_production

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superlists.settings")

application = get_wsgi_application()
refuse_stamped_production()
