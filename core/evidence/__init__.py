"""Pictures and documents that prove something: looked at, kept outside the web root, served."""
