"""Starting lists, adding items, and reading them again."""

from behave import given, then, when
from behave.runner import Context

from features.pages.home_page import HomePage
from features.pages.item_box import ItemBox
from features.pages.list_page import ListPage
from features.pages.login_pages import NotFoundPage


@given('{who:Person} has started a list with "{item}"')
def has_started_list(context: Context, who: str, item: str) -> None:  # noqa: ARG001 - nobody owns it
    context.lists[item] = context.fixtures.create_list(item)


@given('{who:Person} has a list called "{title}"')
@given('{who:Person} owns a list called "{title}"')
def has_list(context: Context, who: str, title: str, items: tuple[str, ...] = ()) -> None:
    context.owners[title] = context.actors[who].email
    context.lists[title] = context.fixtures.create_list(title, *items, owner=context.owners[title])


@given('{who:Person} has a list called "{title}", which goes on with')
def has_longer_list(context: Context, who: str, title: str) -> None:
    has_list(context, who, title, tuple(row["item"] for row in context.table))


@when("{who:Person} visits Superlists")
def visits(context: Context, who: str) -> None:
    HomePage.visited_by(context.actors[who])


@when('{who:Person} starts a list with "{item}"')
def starts_list(context: Context, who: str, item: str) -> None:
    context.lists[item] = HomePage.visited_by(context.actors[who]).start_list(item).path


@when('{who:Person} starts a list with "{item}", with spaces around it')
def starts_list_with_spaces(context: Context, who: str, item: str) -> None:
    home = HomePage.visited_by(context.actors[who])
    context.lists[item] = home.start_list(f"  {item} ", shown_as=item).path


@when("{who:Person} starts a list with a word of {length:d} letters")
def starts_list_with_long_word(context: Context, who: str, length: int) -> None:
    HomePage.visited_by(context.actors[who]).start_list("a" * length)


@given('{who:Person} has added "{item}" to "{title}"')
@when('{who:Person} adds "{item}" to "{title}"')
def adds(context: Context, who: str, item: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title]).add(item)


@when('{who:Person} reads "{title}"')
def reads(context: Context, who: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title])


@when('{who:Person} goes looking for "{title}"')
def goes_looking(context: Context, who: str, title: str) -> None:
    context.actors[who].browser.open(context.lists[title])


@when('{who:Person} sends "{item}" to "{title}" by a form of his own')
def sends_by_own_form(context: Context, who: str, item: str, title: str) -> None:
    HomePage.visited_by(context.actors[who]).post_elsewhere(item, context.lists[title])
    NotFoundPage.seen_by(context.actors[who])


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


@when('{who:Person} tries to add "{item}" to "{title}" again, with spaces around it')
def tries_to_add_again_with_spaces(context: Context, who: str, item: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title]).try_to_add(f"  {item} ")


@when("{who:Person} types something else")
def types_something_else(context: Context, who: str) -> None:
    ListPage.seen_by(context.actors[who]).type_on(", something else")


@then('{who:Person} learns that it is about "{what}" lists')
def learns_what_it_is(context: Context, who: str, what: str) -> None:
    home = HomePage.seen_by(context.actors[who])
    assert what in home.title, f"{who} was to read of {what!r} in the window's title, which is {home.title!r}"
    assert what in home.heading, f"{who} was to read of {what!r} in the heading, which is {home.heading!r}"


@then('{who:Person} is invited to "{invitation}"')
def is_invited(context: Context, who: str, invitation: str) -> None:
    shown = HomePage.seen_by(context.actors[who]).invitation
    assert shown == invitation, f"{who} was to be invited to {invitation!r}, and is invited to {shown!r}"


@then('{who:Person} finds on "{title}"')
def finds_on_list(context: Context, who: str, title: str) -> None:
    rows = ListPage.visited_by(context.actors[who], context.lists[title]).rows
    expected = [row["item"] for row in context.table]
    assert rows == expected, f"{who} was to find {expected} on {title!r}, and finds {rows}"


@then("{who:Person} still sees")
def still_sees(context: Context, who: str) -> None:
    rows = ListPage.seen_by(context.actors[who]).rows
    expected = [row["item"] for row in context.table]
    assert rows == expected, f"{who} was still to see {expected}, and sees {rows}"


@then("{who:Person} sees all {length:d} letters")
def sees_all_letters(context: Context, who: str, length: int) -> None:
    items = ListPage.seen_by(context.actors[who]).items
    lengths = [len(item) for item in items]
    assert lengths == [length], f"{who} was to see one item of {length} letters, and sees items of {lengths}"
    assert items == ["a" * length], f"{who} sees {length} letters, of which some are not those that were typed"


@then('{who:Person} is reading "{title}"')
def is_reading(context: Context, who: str, title: str) -> None:
    page = ListPage.seen_by(context.actors[who])
    assert page.path == context.lists[title], f"{who} was to read {title!r}, and reads {page.items} at {page.path}"
    named = page.heading, page.title[: len(title)]
    assert named == (f"To-Do: {title}", title), f"{who} was to read {title!r} in heading and title, and reads {named}"


@then("{who:Person} can type the next item at once")
def can_type_next(context: Context, who: str) -> None:
    ListPage.seen_by(context.actors[who]).wait_for_focus()


@then('{who:Person} comes back to the top of "{title}"')
def comes_back_to_top(context: Context, who: str, title: str) -> None:
    page = ListPage.visited_by(context.actors[who], context.lists[title])
    assert not page.has_focus, f"{who} opens {title!r} anew, and is put into the item box, past all that is above it"


@then('{who:Person} reads nothing about "{word}"')
def reads_nothing_about(context: Context, who: str, word: str) -> None:
    everything = HomePage.seen_by(context.actors[who]).everything
    assert word not in everything, f"{who} was to read nothing about {word!r}, and reads: {everything}"


@then("{who:Person} reads nothing about {one:Person} or {other:Person}")
def reads_nothing_about_people(context: Context, who: str, one: str, other: str) -> None:
    source = NotFoundPage.seen_by(context.actors[who]).browser.source()
    named = [name for name in (one, other) if context.actors[name].email in source]
    assert named == [], f"{who} was to learn nothing about anybody, and is given the address of {named}"


@then("{who:Person} is asked to fill in the item")
def is_asked_to_fill_in(context: Context, who: str) -> None:
    page = ItemBox.seen_by(context.actors[who])
    assert page.asks_to_fill_in, f"{who} was to be asked to fill in the item; instead, the complaints are {page.errors}"


@then("{who:Person} is still where lists begin")
def is_still_at_start(context: Context, who: str) -> None:
    HomePage.seen_by(context.actors[who])


@then('{who:Person} is told "{complaint}"')
def is_told(context: Context, who: str, complaint: str) -> None:
    errors = ListPage.seen_by(context.actors[who]).errors
    assert errors == [complaint], f"{who} was to be told {complaint!r}, and is told {errors}"


@then("{who:Person} sees no complaint")
def sees_no_complaint(context: Context, who: str) -> None:
    page = ListPage.seen_by(context.actors[who])
    # Nothing stands in the box of a list that was opened anew, which never complains.
    assert page.typed, f"{who} was to see what was typed, and the item box is empty"
    assert page.errors == [], f"{who} was to see no complaint, and is told {page.errors}"
    assert not page.announces_error, f"{who} was to hear no complaint, and the item box is announced as wrong"
