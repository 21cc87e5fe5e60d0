"""The pages of refunds."""
