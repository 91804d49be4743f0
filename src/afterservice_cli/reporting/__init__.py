"""Reports of a period: figures asked of the store, and laid out as tables in the reader's language."""
