"""What stands in lists of many: what is due and to do, problems and measures, courses."""
