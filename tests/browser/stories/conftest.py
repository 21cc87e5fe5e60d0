"""Fixtures of the stories."""

from tests.browser.stories.house import house

__all__ = ["house"]
