"""The rulebook with kinds of problems that several tests work by, and its days."""

from recurring import EFFECT, TEXT

BOOK = TEXT.replace("what: [resolution, text]", "what: [resolution]").replace("demands:", EFFECT)


DAY, NOON = "2026-10-{} 10:00", "2026-10-16 12:00"
