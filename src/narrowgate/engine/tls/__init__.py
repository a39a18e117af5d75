"""Which certificate a call meets and whether it covers the name that the caller typed."""
