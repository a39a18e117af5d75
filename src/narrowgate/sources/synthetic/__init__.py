"""AWS API responses, made up but in AWS's own shapes: one builder per service, joined in `Estate`.

Ids have AWS's form and depend only on what is built, so the same estate gives the same bytes every time. Every
call that a complete collection makes is answered, with an empty list where there is nothing. Start at `estate.py`;
each builder adds its verbs to the one below it, from `site.py` up to `loadbalancing.py`.
"""
