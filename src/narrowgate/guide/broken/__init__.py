"""The guide's scenario with one thing changed at a time, and what must come of each change.

`variation.py` says what a variation is; the others hold one function a variation, by the layer that the change is
in: `paths.py` (routes, peerings, groups, ACLs), `names.py` (DNS), `calls.py` (TLS, HTTP, policies), `facts.py`
(what nobody collected). Expectations are read off the rule book, never off an evaluator.
"""

from narrowgate.guide.broken.registry import VARIATIONS
from narrowgate.guide.broken.variation import Case, Expected, Variation

__all__ = ["VARIATIONS", "Case", "Expected", "Variation"]
