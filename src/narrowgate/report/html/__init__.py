"""HTML pages, each one self-contained file: no network, every name escaped, the same bytes for the same input.

`page.py` is the frame that all pages share, with `page.css` and `page.js`; `report.py` puts the sections of
`report` together; `picture/` draws the estate and the ways of calls.
"""
