"""One file per stage: parse, ask the desk, render. No decision is taken here."""
