#!/usr/bin/env python
"""Django's command line for Gendan."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # a command says itself what it did
    execute_from_command_line(sys.argv)
