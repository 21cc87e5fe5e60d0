"""What is done with waves and parcels: one module for each thing (SOP 2.c to 2.g)."""
