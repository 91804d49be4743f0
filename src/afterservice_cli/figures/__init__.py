"""The figures of reports: what each counts, over which period, and the tables that they make."""
