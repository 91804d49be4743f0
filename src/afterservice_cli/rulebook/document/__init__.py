"""A rulebook as people write it: YAML files to nodes, nodes to plain values, and back into the file."""
