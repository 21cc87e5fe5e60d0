"""What the warehouse screens read."""
