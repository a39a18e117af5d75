"""The runbook: the same resources as steps for hands, with console path, commands, checks and undoing.

`shell.py` writes commands for a POSIX shell, `commands.py` and its neighbours say which commands make which type,
and `page.py` lays the document out.
"""
