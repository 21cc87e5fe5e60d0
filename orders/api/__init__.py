"""The intake API at /api/v1/: other systems of a shop register orders and read them (SOP 5.a)."""
