"""Rows in, report values out: nothing here reads a clock or a database."""
