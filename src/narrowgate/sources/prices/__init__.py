"""Price books as files: the one that comes with narrowgate (`book.json`), and those of the AWS Price List API.

Start at `read.py`; `price_list.py` asks AWS, `queries.py` says for what.
"""
