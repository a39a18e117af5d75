"""Methods of private APIs that a VPC can invoke, by which endpoint and as whom. Start at `apis.py`."""
