"""Names that a VPC gets private answers for, and public names that it loses. Start at `names.py`."""
