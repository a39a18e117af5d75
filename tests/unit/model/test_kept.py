"""A table of answers that begins anew when it is full."""

from narrowgate.model.kept import Kept


def test_an_answer_is_given_back_and_kept():
    kept: Kept[str, int] = Kept(2)
    assert kept.keep("one", 1) == 1
    assert kept.get("one") == 1
    assert kept.get("two") is None


def test_a_full_table_begins_anew():
    kept: Kept[str, int] = Kept(2)
    for number, name in enumerate(("one", "two", "three")):
        kept.keep(name, number)
    assert kept == {"three": 2}
