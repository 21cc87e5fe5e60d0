"""The pages of the acts on an order."""
