"""What may be done with a case: pure functions, a file per stage, from a case and a moment to events."""
