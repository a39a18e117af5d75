"""Lists of declared resources (a template's, a plan's), gaps and all, into what AWS would answer about them.

A list is in CloudFormation's vocabulary: `model.resource.Resource`. Properties may be absent (`defaults.py` says
what AWS does then), unknown (`Unknown`), or name resources that the list does not hold. Start at `build.py`;
`types.py` says which function declares which type, and each other module holds those of one service. Beside
it, `sources/resources` builds the complete lists of designs, where a gap is a defect.
"""

from narrowgate.sources.declared.build import build_snapshot

__all__ = ["build_snapshot"]
