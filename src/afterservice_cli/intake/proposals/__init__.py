"""A profile as a file itself suggests it."""
