"""Rules are found by id, family and words."""

import pytest

from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.rulebook import explain, find_rule, find_rules, load_rules, search_rules


def ids(rules):
    return [rule.id for rule in rules]


def test_rules_are_loaded_once():
    assert find_rule("DNS-01") is load_rules()[0]


@pytest.mark.parametrize("spelling", ["RSLV-04", "rslv-04", " Rslv-04 ", "dns:RSLV-04", "DNS:rslv-04", "rslv-4"])
def test_an_id_compares_without_case_and_may_name_its_book_or_lack_a_zero(spelling):
    assert find_rule(spelling).id == "RSLV-04"


def test_an_id_under_the_wrong_book_is_unknown():
    with pytest.raises(UnknownNameError):
        find_rule("network:RSLV-04")


def test_an_unknown_id_suggests_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        find_rule("rsvl-04")
    assert caught.value.message == "unknown rule `RSVL-04`"
    assert caught.value.help == "did you mean `RSLV-04`?"


def test_a_bare_id_finds_the_rule_of_each_book():
    assert ids(find_rules("COST-01")) == ["dns:COST-01", "network:COST-01", "api-gateway:COST-01"]
    assert ids(find_rules("COST-04")) == ["network:COST-04"]
    assert find_rule("COST-04").bare_id == "COST-04"


def test_one_rule_cannot_be_chosen_by_an_id_of_several_books():
    with pytest.raises(InputError, match="stands in several books") as caught:
        find_rule("iac-01")
    assert caught.value.help == "say one of `dns:IAC-01`, `api-gateway:IAC-01`"


def test_a_hit_in_the_title_comes_before_one_in_the_statement():
    found = search_rules("wildcard")
    titles = ["wildcard" in rule.title.casefold() for rule in found]
    assert any(titles)
    assert not all(titles)
    assert titles == sorted(titles, reverse=True)


def test_all_words_must_stand_in_a_rule_where_one_has_all():
    found = search_rules("bearer token endpoint")
    assert "VPE-03" in ids(found)
    for rule in found:
        text = f"{rule.title} {rule.statement} {rule.consequence} {rule.example}".casefold()
        assert all(word in text for word in ("bearer", "token", "endpoint"))


def test_a_word_that_no_rule_has_does_not_hide_the_others():
    assert ids(search_rules("blackhole qqqq")) == ids(search_rules("blackhole"))


def test_a_word_matches_the_beginning_of_words_only():
    assert "VPE-03" in ids(search_rules("beare"))
    assert "VPE-03" not in ids(search_rules("earer"))


def test_words_with_signs_are_taken_literally():
    assert "AGW-09" in ids(search_rules("x-apigw-api-id"))
    assert "KEY-01" in ids(search_rules("aws:SourceVpc"))
    assert search_rules("(") != load_rules()


@pytest.mark.parametrize("text", ["", "   ", "zzzzzz"])
def test_nothing_is_found_for_no_word_and_for_unknown_ones(text):
    assert search_rules(text) == []


def test_explain_takes_an_id():
    assert ids(explain("key-01")) == ["KEY-01"]
    assert ids(explain("COST-02")) == ["network:COST-02", "api-gateway:COST-02"]


def test_explain_takes_a_family():
    assert ids(explain("tgw-dns")) == ["TGW-DNS-01", "TGW-DNS-02"]
    assert len(explain("COST")) == 13
    assert ids(explain("dns:cost")) == ["dns:COST-01"]


def test_explain_takes_words():
    assert ids(explain("no transit"))[0] == "PCX-07"
    assert explain("zzzzzz") == []


def test_explain_takes_what_looks_like_an_id_for_one():
    with pytest.raises(UnknownNameError, match="RSLV-99"):
        explain("RSLV-99")


def test_explain_refuses_an_empty_question():
    with pytest.raises(InputError, match="nothing to explain"):
        explain(" ")
