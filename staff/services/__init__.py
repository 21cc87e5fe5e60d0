"""The acts of the staff room."""
