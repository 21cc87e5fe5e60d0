"""The demo's parcels."""
