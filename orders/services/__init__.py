"""The acts of the orders room; one module for each thing that a user does."""
