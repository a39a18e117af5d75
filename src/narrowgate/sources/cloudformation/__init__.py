"""CloudFormation templates, SAM templates and CDK output, read into a snapshot before anything exists.

`decode.py` turns text into a tree that knows its lines, `functions.py` follows intrinsic functions, `template.py`
makes a template's resources, `stacks.py` joins nested stacks and exports, `sam.py` and `cdk.py` read what other
tools write. Everything ends in `sources/declared`. Start at `load.py`;
`recognise.py` alone is imported when a source is told by content, so it imports nothing itself.
"""
