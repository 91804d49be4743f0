"""A row as its profile reads it: what stands in its cells, and the draft of a case that they make."""
