"""Names: whatever is typed is either refused in words or has one canonical spelling (DNS-10)."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.dns.estates import ENDPOINT_IPS, ORDERS_NAME, forwarded

from narrowgate.model.domain import is_in_domain, label_count, normalise, parents, parse_query_name
from narrowgate.model.errors import InputError

LABEL = st.text(alphabet="abcxyz019-_", min_size=1, max_size=12)
NAME = st.lists(LABEL, min_size=1, max_size=6).map(".".join)
WORLD = forwarded()


@given(st.text(max_size=400))
def test_any_text_is_a_canonical_name_or_refused(text: str) -> None:
    try:
        name = parse_query_name(text)
    except InputError as error:
        assert str(error)
        return
    assert name == name.lower()
    assert not name.endswith(".")
    assert len(name) <= 253
    assert all(0 < len(label) <= 63 for label in name.split(".")) or name == ""
    assert all(33 <= ord(character) < 127 for character in name)
    assert parse_query_name(name) == name


@given(st.text(alphabet="aA.\\052* \x00\u00e9\u4e2d-_", max_size=300))
def test_odd_text_is_a_canonical_name_or_refused(text: str) -> None:
    test_any_text_is_a_canonical_name_or_refused.hypothesis.inner_test(text)  # type: ignore[attr-defined]


@given(NAME, st.booleans(), st.randoms())
def test_case_and_a_final_dot_change_nothing(name: str, dot: bool, dice: object) -> None:
    shuffled = "".join(dice.choice((str.upper, str.lower))(letter) for letter in name)  # type: ignore[attr-defined]
    assert parse_query_name(shuffled + "." * dot) == parse_query_name(name)
    assert normalise(shuffled + "." * dot) == normalise(name)


@given(NAME)
def test_route_53_writes_a_star_in_octal(name: str) -> None:
    assert normalise(f"\\052.{name}.") == f"*.{name}"


@given(NAME, NAME)
def test_a_domain_holds_a_name_as_its_labels_say(name: str, suffix: str) -> None:
    labels, tail = name.split("."), suffix.split(".")
    assert is_in_domain(name, suffix) is (labels[-len(tail) :] == tail)
    assert (suffix in parents(name)) is is_in_domain(name, suffix)
    assert [label_count(each) for each in parents(name)] == list(range(len(labels), -1, -1))


@given(st.randoms(), st.booleans())
def test_an_answer_does_not_depend_on_the_spelling_of_the_name(dice: object, dot: bool) -> None:
    shuffled = "".join(dice.choice((str.upper, str.lower))(letter) for letter in ORDERS_NAME)  # type: ignore[attr-defined]
    answer = WORLD.ask(shuffled + "." * dot)
    assert (answer.addresses, answer.name) == (ENDPOINT_IPS, ORDERS_NAME)
