"""What takes a desk, its store and several decisions at once: a module each."""
