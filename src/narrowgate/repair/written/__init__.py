"""A change as a file of declared resources would tell it: resources to add, properties to set, what to take out.

`parts.py` has the three, in CloudFormation's vocabulary; `parts_of` reads them off a change's edits, by what
differs between the facts before and after. Whoever writes Terraform or a template turns them into text; nothing
here knows files.
"""

from narrowgate.repair.written.parts import Add, Deploy, Drop, Part, Remark, Set
from narrowgate.repair.written.registry import parts_of

__all__ = ["Add", "Deploy", "Drop", "Part", "Remark", "Set", "parts_of"]
