"""The person at the terminal: what is read and written there, help, and what shells ask."""
