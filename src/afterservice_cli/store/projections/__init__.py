"""The tables that follow from the history: made case by case, rebuilt at will, and as they once were."""
