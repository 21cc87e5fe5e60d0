"""Sign-in, own settings, notices, and the owner's screens."""
