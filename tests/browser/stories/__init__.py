"""Whole stories of customers, from the contact to the end, through the windows of those who act."""
