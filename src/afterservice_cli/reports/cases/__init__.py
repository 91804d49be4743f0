"""One case as everybody outside sees it: what it is, what happened to it, and why."""
