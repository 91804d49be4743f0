"""A rulebook for a person to read, and what trying one has shown."""
