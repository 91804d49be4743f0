"""Whether a rulebook is one that a desk can work by: what its names refer to, and what never comes about."""
