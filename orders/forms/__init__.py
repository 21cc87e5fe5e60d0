"""Forms of the acts on an order."""
