"""AWS Config as a source: configuration snapshots that it delivers, and recorded answers of an aggregator.

`recognise.py` tells such files, `documents.py` reads them into items, `items.py` says which item of a resource
counts, `types.py` is the table of resource types with the calls that their items answer, `shapes.py` writes an
item as such a call would show it, `recorded.py` says of which types all items are there, `answers.py` makes the
answers, `gaps.py` names what AWS Config does not record, and `load.py` joins everything into a snapshot.
"""
