"""A command-line register for after-sales feedback and complaints."""

__version__ = "0.1.0"
