import pytest

from acceptance.mailboxes.addresses import DEFAULT, Addresses
from acceptance.mailboxes.addresses import pattern as read_pattern


def test_each_person_of_each_scenario_of_each_run_has_another_address():
    made = []
    for addresses in (Addresses(DEFAULT), Addresses(DEFAULT)):
        for _ in range(3):
            address_of = addresses.for_next_scenario()
            assert address_of("Edith") == address_of("Edith")
            made += [address_of("Edith"), address_of("Francis")]
    assert len(set(made)) == 12


def test_an_address_tells_whose_it_is():
    addresses = Addresses("Tests+{name}.{run}.{number}@Example.com")
    assert addresses.for_next_scenario()("Edith") == f"tests+edith.{addresses.run}.1@example.com"


@pytest.mark.parametrize("pattern", [DEFAULT, "{name}.{run}.{number}@x.org", "{run}@{name}.{number}.x.org"])
def test_what_is_a_pattern(pattern):
    assert read_pattern(pattern) == pattern


WHOLE = "{name}+{run}.{number}"


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "edith@example.com", "{name}+{run}@example.com", "{run}.{number}@example.com", WHOLE, f"{WHOLE}@"),
        *(f"{WHOLE}@example.com{{", f"{WHOLE}.{{0}}@example.com", f"{WHOLE}.{{site}}@example.com"),
        *(
            "{name.nothing}+{run}.{number}@example.com",
            "{name:d}+{run}.{number}@example.com",
            f"a b{WHOLE}@example.com",
        ),
        *(f"{'x' * 50}{WHOLE}@example.com", f"{WHOLE}@{'example.' * 30}com"),
    ],
)
def test_what_is_none(pattern):
    with pytest.raises(ValueError, match=r"is not a pattern of addresses; allowed: one with \{name\}, \{run\} and"):
        read_pattern(pattern)
