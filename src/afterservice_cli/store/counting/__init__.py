"""What reports count, asked of the tables."""
