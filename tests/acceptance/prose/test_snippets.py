"""What a run says of steps that nobody wrote."""

from behave.parser import parse_steps

from acceptance.prose.snippets import snippets


def test_a_snippet_is_in_the_house_style_and_each_wording_comes_once():
    steps = parse_steps(
        'When Edith shares "Hang the bunting" with Onesiphorus\n'
        'When Francis shares "Plan the surprise" with Boris\n'
        "Then Edith's list on Superlists is 15 minutes old\n"
    )
    assert snippets(steps).partition(":\n\n")[2] == (
        """@when('{who:Person} shares "{text}" with {other:Person}')\n"""
        "def shares_with(context: Context, who: str, text: str, other: str) -> None:\n"
        "    raise NotImplementedError\n\n\n"
        """@then("{who:Person}'s list on Superlists is {count:d} minutes old")\n"""
        "def list_on_superlists_is_minutes_old(context: Context, who: str, count: int) -> None:\n"
        "    raise NotImplementedError\n"
    )
