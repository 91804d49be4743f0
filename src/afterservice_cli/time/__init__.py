"""Instants, durations and the working calendar."""
