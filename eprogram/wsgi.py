"""The WSGI entry that gunicorn serves; long work starts with it (docs/adr/0013)."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eprogram.settings")
application = get_wsgi_application()

# Imported only now: it wants the models, which are there once the application is made.
import_module("reports.background.worker").start_in_process()
