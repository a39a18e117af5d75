"""A trace beside a probe, for people."""

from narrowgate.model.observation import ObserveAnswer
from narrowgate.report.style import Style, clean

_MARKS = {True: "=", False: "≠", None: " "}


def render_observation(answer: ObserveAnswer, style: Style) -> str:
    """One line a step, computed and seen; then what it proves."""
    lines = [style.strong(f"computed beside what was seen at {answer.observed_at}")]
    for each in answer.steps:
        took = f" ({each.ms:.1f} ms)" if each.ms is not None else ""
        lines.append(f"  {_MARKS[each.agrees]} {each.step:<8} {clean(each.predicted)}")
        lines.append(f"             seen: {clean(each.observed)}{took}")
    where = f"they part at `{answer.parted}`: " if answer.parted else ""
    lines.append(f"{where}{answer.proves}")
    return "\n".join(lines)
