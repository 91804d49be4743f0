"""What happened to a case, and the state that it makes: events, the case, the fold."""
