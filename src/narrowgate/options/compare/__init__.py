"""Options side by side: each is built on paper, the engine is asked, and the answers are ranked.

Start at `compare.py`; `judge.py` asks about one option, `exposure.py` and `breaks.py` compare its answers with
those of the estate before it, `rank.py` recommends, `replies.py` answers what people ask.
"""
