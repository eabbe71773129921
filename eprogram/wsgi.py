"""The WSGI entry that gunicorn serves; long work starts with it (docs/adr/0013)."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eprogram.settings")
application = get_wsgi_application()

import_module("reports.background.worker").start_in_process()  # wants the models, which are there only now
