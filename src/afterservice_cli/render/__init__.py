"""Values out: text for terminals, and rows as tables, TSV, CSV, JSON and Markdown."""
