"""What customers see without a sign-in, by a signed link (SOP 6.b, 6.c)."""
