"""What the warehouse's screens take in."""
