"""What is read from the tables: cases by number and by filter, problems, imports, traces."""
