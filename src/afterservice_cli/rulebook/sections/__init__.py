"""What a rulebook may say: a class for each of its sections."""
