"""What can go wrong with a back-up."""


class BackupFailed(Exception):
    """Says in one line what is wrong and what to do; nothing was changed or left behind."""
