"""Answers of an earlier snapshot, taken over where an edit cannot have touched them."""
