"""What a rulebook says, in what it differs from another, and how it fares with past cases."""
