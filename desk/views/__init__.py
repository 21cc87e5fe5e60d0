"""Screens that put several rooms together."""
