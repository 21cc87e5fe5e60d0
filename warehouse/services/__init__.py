"""What the warehouse does, one module for one station."""
