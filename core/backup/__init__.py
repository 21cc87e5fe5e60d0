"""Back-ups: database and files in one archive that says what it holds (docs/operations.md)."""
