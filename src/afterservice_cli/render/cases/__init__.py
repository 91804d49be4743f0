"""One case for a person to read: what it is, how it came to that, and what comes next."""
