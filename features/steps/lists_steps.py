"""Starting lists, adding items, and reading them again."""

from behave import given, then, when
from behave.runner import Context

from features.pages.home_page import HomePage
from features.pages.item_box import ItemBox
from features.pages.list_page import ListPage

# 122 random bits, as a UUID has them, take at least this many characters.
RANDOM_ID_LENGTH = 21


@given('{who:Person} has started a list with "{item}"')
def has_started_list(context: Context, who: str, item: str) -> None:
    context.lists[item] = context.fixtures.create_list(item)
    ListPage.visited_by(context.actors[who], context.lists[item])


@given('{who:Person} has a list called "{title}"')
@given('{who:Person} owns a list called "{title}"')
def has_list(context: Context, who: str, title: str) -> None:
    context.owners[title] = context.actors[who].email
    context.lists[title] = context.fixtures.create_list(title, owner=context.owners[title])


@when("{who:Person} visits Superlists")
def visits(context: Context, who: str) -> None:
    HomePage.visited_by(context.actors[who])


@when('{who:Person} starts a list with "{item}"')
def starts_list(context: Context, who: str, item: str) -> None:
    context.lists[item] = HomePage.visited_by(context.actors[who]).start_list(item).path


@when("{who:Person} starts a list with a word of {length:d} letters")
def starts_list_with_long_word(context: Context, who: str, length: int) -> None:
    HomePage.visited_by(context.actors[who]).start_list("a" * length)


@when('{who:Person} adds "{item}" to "{title}"')
def adds(context: Context, who: str, item: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title]).add(item)


@when('{who:Person} reads "{title}"')
def reads(context: Context, who: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title])


@when("{who:Person} tries to start a list with nothing")
def tries_to_start_with_nothing(context: Context, who: str) -> None:
    HomePage.visited_by(context.actors[who]).try_to_add("")


@when('{who:Person} tries to add nothing to "{title}"')
def tries_to_add_nothing(context: Context, who: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title]).try_to_add("")


@when('{who:Person} tries to add nothing but spaces to "{title}"')
def tries_to_add_spaces(context: Context, who: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title]).try_to_add("   ")


@given('{who:Person} has tried to add "{item}" to "{title}" again')
@when('{who:Person} tries to add "{item}" to "{title}" again')
def tries_to_add_again(context: Context, who: str, item: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title]).try_to_add(item)


@when("{who:Person} types something else")
def types_something_else(context: Context, who: str) -> None:
    ListPage.seen_by(context.actors[who]).type("something else")


@then('{who:Person} learns that it is about "{what}" lists')
def learns_what_it_is(context: Context, who: str, what: str) -> None:
    home = HomePage.seen_by(context.actors[who])
    assert what in home.title, f"The title of the window is {home.title!r}"
    assert what in home.heading, f"The heading is {home.heading!r}"


@then('{who:Person} is invited to "{invitation}"')
def is_invited(context: Context, who: str, invitation: str) -> None:
    shown = HomePage.seen_by(context.actors[who]).invitation
    assert shown == invitation, f"The item box says {shown!r}"


@then('{who:Person} finds on "{title}"')
def finds_on_list(context: Context, who: str, title: str) -> None:
    rows = ListPage.visited_by(context.actors[who], context.lists[title]).rows
    expected = [row["item"] for row in context.table]
    assert rows == expected, f"The list {title!r} reads {rows}"


@then('{who:Person} sees "{item}" on "{title}"')
def sees_on_list(context: Context, who: str, item: str, title: str) -> None:
    items = ListPage.visited_by(context.actors[who], context.lists[title]).items
    assert item in items, f"The list {title!r} has the items {items}"


@then("{who:Person} sees all {length:d} letters")
def sees_all_letters(context: Context, who: str, length: int) -> None:
    items = ListPage.seen_by(context.actors[who]).items
    assert items == ["a" * length], f"The list has items of {[len(item) for item in items]} letters"


@then('{who:Person} is reading "{title}"')
def is_reading(context: Context, who: str, title: str) -> None:
    items = ListPage.seen_by(context.actors[who]).items
    assert items[0] == title, f"The list before {who} has the items {items}"


@then('nobody could guess where "{title}" is')
def nobody_could_guess(context: Context, title: str) -> None:
    parts = context.lists[title].strip("/").split("/")
    assert len(parts[-1]) >= RANDOM_ID_LENGTH, f"The list is at {context.lists[title]}"


@then('{who:Person} reads nothing about "{word}"')
def reads_nothing_about(context: Context, who: str, word: str) -> None:
    everything = HomePage.seen_by(context.actors[who]).everything
    assert word not in everything, f"{who} reads: {everything}"


@then("{who:Person} is asked to fill in the item")
def is_asked_to_fill_in(context: Context, who: str) -> None:
    page = ItemBox.seen_by(context.actors[who])
    assert page.asks_to_fill_in, f"{who} is not asked for anything; the complaints are {page.errors}"


@then("{who:Person} is still where lists begin")
def is_still_at_start(context: Context, who: str) -> None:
    HomePage.seen_by(context.actors[who])


@then('{who:Person} is told "{complaint}"')
def is_told(context: Context, who: str, complaint: str) -> None:
    errors = ListPage.seen_by(context.actors[who]).errors
    assert errors == [complaint], f"{who} is told {errors}"


@then("{who:Person} sees no complaint")
def sees_no_complaint(context: Context, who: str) -> None:
    errors = ListPage.seen_by(context.actors[who]).errors
    assert errors == [], f"{who} is still told {errors}"
