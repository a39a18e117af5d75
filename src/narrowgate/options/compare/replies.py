"""What people ask about such designs, answered from the computed options and never from a list of beliefs."""

from collections.abc import Iterator, Sequence

from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import OptionAnswer, Recommendation, Reply
from narrowgate.model.design import Design


def reply(
    design: Design, answers: Sequence[OptionAnswer], recommendation: Recommendation | None
) -> tuple[Reply, ...]:
    """The questions that the design raises, with answers."""
    return (
        _best(recommendation),
        _without_route53(answers),
        *_is_route53_needed(design, answers),
        *_peering_dns(answers),
        *_inbound_control(answers),
    )


def _best(recommendation: Recommendation | None) -> Reply:
    question = "Best practice first, and why?"
    if recommendation is None:
        return Reply(question=question, answer="No option keeps every expectation and constraint.")
    telling = [each for each in recommendation.reasons if each.rule is not None][-3:]
    why = "; ".join(f"{each.text} ({each.rule})" for each in telling)
    return Reply(
        question=question,
        answer=f"`{recommendation.option}`: it {why}.",
        options=(recommendation.option,),
    )


def _works(answers: Sequence[OptionAnswer]) -> list[OptionAnswer]:
    return [each for each in answers if each.works is Verdict.ALLOWED]


def _named(answers: Sequence[OptionAnswer]) -> str:
    return ", ".join(_name(each) for each in answers)


def _name(each: OptionAnswer) -> str:
    """An option's name, its price a month where it is known, and a star where it breaks something."""
    star = "*" if each.broken_for_consumers else ""
    price = f" ({each.cost.total:,.2f})" if each.cost is not None and each.cost.total is not None else ""
    return f"`{each.option}`{star}{price}"


def _without_route53(answers: Sequence[OptionAnswer]) -> Reply:
    found = [each for each in _works(answers) if not each.uses_route53]
    text = f"Yes: {_named(found)}." if found else "No option without it works here."
    if any(each.broken_for_consumers for each in found):
        text += " (* breaks something else)"
    return Reply(
        question="Is there a way without configuring Route 53?",
        answer=text,
        options=tuple(each.option for each in found),
    )


def _is_route53_needed(design: Design, answers: Sequence[OptionAnswer]) -> Iterator[Reply]:
    if not any(link.kind == "peering" for link in design.links):
        return
    found = [each for each in _works(answers) if each.uses_peering and not each.uses_route53]
    if found:
        text = f"No: {_named(found)} use the peering without it."
    else:
        text = "Yes, here it is." if _works(answers) else "No option works here, with Route 53 or without."
    yield Reply(
        question="Peering exists already: is Route 53 then the only way?",
        answer=text,
        options=tuple(each.option for each in found),
    )


def _peering_dns(answers: Sequence[OptionAnswer]) -> Iterator[Reply]:
    found = next((each for each in answers if each.option == "peering-dns" and each.fits), None)
    if found is None:
        return
    names = len(found.opened("name"))
    calls = "and the API's name does not resolve either" if found.works is not Verdict.ALLOWED else ""
    text = f"{'No' if not names else 'Yes'}: of the names asked for it opens {names}, {calls} (PEER-DNS-02)."
    yield Reply(
        question="Does the peering's DNS resolution expose the whole private domain?",
        answer=text,
        options=(found.option,),
    )


def _inbound_control(answers: Sequence[OptionAnswer]) -> Iterator[Reply]:
    by_name = {each.option: each for each in answers if each.fits}
    narrow, wide = by_name.get("resolver"), by_name.get("resolver-region")
    if narrow is None or wide is None:
        return
    few, many = (len(each.opened("name", intended=False)) for each in (narrow, wide))
    text = (
        f"By its group: where it admits the outbound endpoint's addresses only, {few} names beyond the API's are "
        f"opened; with the consumers' whole ranges and a rule for the Region, {many}. By name it cannot; DNS "
        "Firewall on its VPC can (IN-05, IN-06)."
    )
    yield Reply(
        question="Can an inbound endpoint control which names are exposed?",
        answer=text,
        options=("resolver", "resolver-region"),
    )
