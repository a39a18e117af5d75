"""The design file: read and checked into a `Design`, and a design's resources as a snapshot.

`text.py` turns YAML into nodes that know their line, `read.py` turns nodes into a `Design`, `check.py` refuses
what AWS would refuse, `fields.py` is the one table of fields that reader, JSON Schema and documentation share.
`responses/` turns resources into what AWS would answer about them, and so into the Snapshot of every source.
"""
