"""Resources of CloudFormation's vocabulary into what AWS would answer about them.

`build.py` walks the list and joins the answers into a snapshot; `handlers.py` names the function for each type,
and each other module holds those of one service. Ids that nobody knows yet are made up, always the same for the
same list. An unknown type is an error: nothing that a design adds may be left out of what the engine judges.
"""
