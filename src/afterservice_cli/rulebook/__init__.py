"""What a rulebook is, how a YAML document becomes one, and how a text meets its rules."""
