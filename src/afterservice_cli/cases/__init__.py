"""What a case is and what may happen to it: events, the fold over them, and the decisions, a file per stage."""
