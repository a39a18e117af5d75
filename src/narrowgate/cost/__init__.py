"""What a month costs: quantities from resources and traffic, prices from a dated book. Pure; nothing is read here.

Start at `estimate.py`. A price that the book does not hold for a Region is unknown by
name, never another Region's.
"""
