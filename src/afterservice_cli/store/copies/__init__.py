"""Copies of a desk: backups, and tables for other programs."""
