"""Printing: `ask` counts and remembers who prints what, `job` draws it, `forget` deletes it."""
