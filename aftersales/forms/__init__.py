"""Forms of the acts on cases."""
