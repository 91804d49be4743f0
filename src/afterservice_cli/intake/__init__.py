"""Rows of files in: CSV lines become drafts, or rejects that say why."""
