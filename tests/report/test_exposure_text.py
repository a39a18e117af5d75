"""The text of `exposure`: short lists entry by entry, long ones as groups, the widest first."""

import msgspec

from narrowgate.model.answer import Missing, Verdict
from narrowgate.model.exposure import Because, Entry, ExposedApi, ExposedName, ExposedSocket, ExposureAnswer
from narrowgate.report.exposure import render_exposure
from narrowgate.report.style import Style

VPCS = tuple(f"vpc-{number:02}" for number in range(30))


def call(
    path: str, *, api: str = "orders", who: str = "anonymous", vpcs: tuple[str, ...] = VPCS[:1]
) -> ExposedApi:
    return ExposedApi(
        api=f"{api}-id",
        name=api,
        stage="prod",
        method="GET",
        path=path,
        who=who,
        endpoint="vpce-0a",
        consumers=vpcs,
        because=(Because(text="policies let the call through", rule="POL-04"),),
    )


def lines(answer: ExposureAnswer, *, verbose: bool = False) -> list[str]:
    return render_exposure(answer, Style(), verbose=verbose).splitlines()


def answer_of(*apis: ExposedApi, names: tuple[Entry, ...] = (), sockets: tuple[Entry, ...] = ()) -> ExposureAnswer:
    answer = ExposureAnswer(verdict=Verdict.ALLOWED, source="here", consumers=VPCS, apis=apis)
    return msgspec.structs.replace(answer, names=names, sockets=sockets)


def calls_of(api: str, number: int, **about: object) -> tuple[ExposedApi, ...]:
    return tuple(call(f"/{api}/{index}", api=api, **about) for index in range(number))


def test_a_short_list_is_told_entry_by_entry():
    text = lines(answer_of(*calls_of("orders", 24)))
    assert sum("GET /orders/" in line for line in text) == 12
    assert "  … 12 more; --verbose shows all" in text


def test_calls_of_one_api_that_differ_in_path_only_are_one_line_of_a_long_list():
    text = lines(answer_of(*calls_of("orders", 25)))
    (told,) = (line for line in text if "orders" in line)
    assert told.startswith(
        "  ✗ GET on 25 paths of orders (orders-id/prod): /orders/0, /orders/1, /orders/2 and 22 more"
    )
    assert "  … --verbose shows each of the 25 entries" in text


def test_verbose_tells_each_entry():
    text = lines(answer_of(*calls_of("orders", 25)), verbose=True)
    assert sum("GET /orders/" in line for line in text) == 25


def test_what_is_open_to_the_most_vpcs_comes_first_and_then_what_anybody_may():
    text = lines(
        answer_of(
            *calls_of("signed", 10, who="arn:aws:iam::111122223333:root"),
            *calls_of("orders", 10),
            *calls_of("wide", 10, vpcs=VPCS),
        )
    )
    told = [line.split(" of ")[1].split()[0] for line in text if "paths of" in line]
    assert told == ["wide", "orders", "signed"]
    assert any(line.startswith("      open to 30 VPCs: vpc-00, vpc-01, vpc-02 and 27 more") for line in text)


def test_what_some_design_means_comes_last_and_apart():
    meant = (msgspec.structs.replace(each, intended=True) for each in calls_of("orders", 15, vpcs=VPCS))
    text = lines(answer_of(*meant, *calls_of("orders", 10)))
    told = [line for line in text if "paths of orders" in line]
    assert [line[2] for line in told] == ["✗", "✓"]


def test_where_not_every_vpc_has_all_of_a_group_the_text_says_so():
    entries = (*calls_of("orders", 20), call("/more", vpcs=VPCS[1:2]))
    whole = (*calls_of("orders", 10), *calls_of("orders", 10, vpcs=VPCS[1:2]))
    more = calls_of("bills", 10)
    assert any("parts of it open to vpc-00, vpc-01" in line for line in lines(answer_of(*entries, *more)))
    assert any("      open to vpc-00, vpc-01" in line for line in lines(answer_of(*whole, *more)))


def test_a_name_with_many_answers_and_the_names_of_one_zone_are_one_line_each():
    patterns = tuple(
        ExposedName(name="ip-*.ec2.internal", target=vpc, addresses=(), embeds=(vpc,), consumers=(vpc,))
        for vpc in VPCS
    )
    link = Because(text="zone Z1 (corp.internal) answers", rule="RSLV-05", resource="Z1")
    records = tuple(
        ExposedName(name=f"{own}.corp.internal", addresses=("10.0.0.1",), consumers=VPCS[:2], because=(link,))
        for own in "abcd"
    )
    text = lines(answer_of(names=(*patterns, *records)))
    assert any(line.startswith("  ✗ ip-*.ec2.internal  30 answers, such as vpc-00") for line in text)
    assert any("4 names: a.corp.internal, b.corp.internal, c.corp.internal and 1 more" in line for line in text)


def test_the_ports_of_one_target_are_one_line_with_the_ways():
    sockets = tuple(
        ExposedSocket(
            target="i-0a",
            kind="instance",
            addresses=("10.0.0.9",),
            protocol="tcp",
            ports=port,
            via=f"peering pcx-{vpc}",
            consumers=(vpc,),
        )
        for vpc in VPCS
        for port in ("443", "8080")
    )
    text = lines(answer_of(sockets=sockets))
    assert any(line.startswith("  ✗ tcp 443, tcp 8080 of i-0a 10.0.0.9  instance") for line in text)
    assert any(
        "ways: peering pcx-vpc-00, peering pcx-vpc-01, peering pcx-vpc-02 and 27 more" in line for line in text
    )


def test_counts_tell_what_is_meant_and_what_is_not_known():
    entries = [*calls_of("orders", 1500)]
    entries[0] = msgspec.structs.replace(entries[0], state="unknown")
    entries[1] = msgspec.structs.replace(entries[1], intended=True)
    assert lines(answer_of(*entries))[1].startswith("  1,500 calls (1 meant, 1 not known), 0 names")


def test_of_many_missing_facts_a_dozen_are_told_and_how_many_more():
    answer = msgspec.structs.replace(answer_of(), unknowns=tuple(Missing(fact=f"fact {own}") for own in range(25)))
    assert "  … 13 more; --verbose shows all" in lines(answer)
    assert sum("fact " in line for line in lines(answer, verbose=True)) == 25
