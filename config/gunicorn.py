"""What gunicorn is told wherever it runs: `gunicorn -c python:config.gunicorn config.wsgi`."""

from django.conf import settings

control_socket_disable = True
logconfig_dict = settings.LOGGING
