"""What a VPC's resolver answers, from the facts alone and as plainly as can be: the engine's DNS is judged by it.

`view.py` chooses what covers a name, `records.py` answers from it or as the Internet's DNS would, `server.py`
listens and forwards in the lab's namespaces.
"""
