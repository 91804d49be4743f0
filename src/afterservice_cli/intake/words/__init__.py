"""What headings and cells of other people's files mean, by their words alone."""
