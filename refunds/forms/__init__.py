"""Forms of the acts on refunds."""
