"""The demo: every state, hold and odd case that a screen can show, around now (SOP 0 to 1.6)."""
