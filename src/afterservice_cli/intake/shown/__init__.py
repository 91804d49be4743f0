"""What a person is shown of an import: the profile that its file suggests, and what it would change."""
