"""Every variation, by id, in the order of a call: names, the path, its filters, the call itself, missing facts."""

from collections.abc import Mapping

from narrowgate.guide.broken.calls import CALLS
from narrowgate.guide.broken.facts import FACTS
from narrowgate.guide.broken.filters import FILTERS
from narrowgate.guide.broken.forwarding import FORWARDING
from narrowgate.guide.broken.names import NAMES
from narrowgate.guide.broken.paths import PATHS
from narrowgate.guide.broken.variation import Variation, variation

VARIATIONS: Mapping[str, Variation] = {
    each.id: each for each in map(variation, (*FORWARDING, *NAMES, *PATHS, *FILTERS, *CALLS, *FACTS))
}
