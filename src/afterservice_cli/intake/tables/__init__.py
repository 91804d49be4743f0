"""A file as rows: its encoding, its sheets and forms, and where its headings stand."""
