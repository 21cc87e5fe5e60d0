"""Money out with real workers, web, broker and gateway, each of which fails."""

CALL, DEED, COMMIT = "before the call", "after the call, before the commit", "after the commit"
