"""What the warehouse's screens read."""
