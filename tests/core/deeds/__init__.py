"""A room for the tests of real workers: messages whose handler does a deed over HTTP."""
