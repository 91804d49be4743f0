"""Phrases found in texts: which of them stand there, and which of these count."""
