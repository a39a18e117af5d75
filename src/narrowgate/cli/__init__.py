"""The command line: parse, call one use case of `narrowgate.api`, show the answer, map it to an exit code.

`main.py` is the entry point, `commands/` has one module per verb, `options.py` the options that verbs share.
"""
