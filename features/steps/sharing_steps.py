"""A person's lists, and whom they share them with."""

from behave import given, then, when
from behave.runner import Context

from features.pages.list_page import ListPage
from features.pages.login_pages import NotFoundPage
from features.pages.my_lists_page import MyListsPage
from features.pages.navigation import NavigationBar

NO_LISTS = "You have no lists yet. Start one."
NOT_FOUND = "There is no To-Do list here for you"
OWN, SHARED = "My To-Do lists", "Shared with me"


@given('{owner:Person} has shared "{title}" with {friend:Person}')
def has_shared(context: Context, owner: str, title: str, friend: str) -> None:
    assert context.actors[owner].email == context.owners[title], f"{title!r} is not {owner}'s to share"
    context.fixtures.share_list(context.lists[title], context.actors[friend].email)


@given("{who:Person} is looking at her lists")
@when("{who:Person} looks at her lists")
@when("{who:Person} looks at his lists")
def looks_at_lists(context: Context, who: str) -> None:
    MyListsPage.visited_by(context.actors[who])


@given("{who:Person} has looked at her lists and logged out")
def has_looked_and_logged_out(context: Context, who: str) -> None:
    looks_at_lists(context, who)
    NavigationBar.seen_by(context.actors[who]).log_out()


@when("{who:Person} tries to look at his lists")
def tries_to_look_at_lists(context: Context, who: str) -> None:
    context.actors[who].browser.open(MyListsPage.PATH)


@when('{who:Person} opens "{title}"')
def opens_list(context: Context, who: str, title: str) -> None:
    MyListsPage.seen_by(context.actors[who]).open_list(title)


@when('{owner:Person} shares "{title}" with {friend:Person}')
def shares(context: Context, owner: str, title: str, friend: str) -> None:
    my_lists = MyListsPage.visited_by(context.actors[owner])
    my_lists.open_list(title).share_with(context.actors[friend].email)


@when('{owner:Person} shares "{title}" with {friend:Person}, typed in capitals')
def shares_in_capitals(context: Context, owner: str, title: str, friend: str) -> None:
    page = ListPage.visited_by(context.actors[owner], context.lists[title])
    page.share_with(context.actors[friend].email.upper())


@when('{owner:Person} tries to share "{title}" with {friend:Person}')
def tries_to_share(context: Context, owner: str, title: str, friend: str) -> None:
    tries_to_share_with_address(context, owner, title, context.actors[friend].email)


@when('{owner:Person} tries to share "{title}" with "{address}"')
def tries_to_share_with_address(context: Context, owner: str, title: str, address: str) -> None:
    ListPage.visited_by(context.actors[owner], context.lists[title]).try_to_share_with(address)


@when('{who:Person} leaves "{title}"')
def leaves(context: Context, who: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title]).leave()


@when('{one:Person} and {other:Person} each add to "{title}"')
def both_add(context: Context, one: str, other: str, title: str) -> None:
    open_pages = {who: ListPage.visited_by(context.actors[who], context.lists[title]) for who in (one, other)}
    for row in context.table:
        open_pages[row["who"]].add(row["item"])


@then('{one:Person} and {other:Person} both find on "{title}"')
def both_find(context: Context, one: str, other: str, title: str) -> None:
    expected = [row["item"] for row in context.table]
    for who in (one, other):
        rows = ListPage.visited_by(context.actors[who], context.lists[title]).rows
        assert rows == expected, f"{who} was to find {expected} on {title!r}, and finds {rows}"


@then("{who:Person} finds among his lists")
def finds_among_lists(context: Context, who: str) -> None:
    MyListsPage.visited_by(context.actors[who])
    sees_among_lists(context, who)


@then("{who:Person} sees among her lists")
@then("{who:Person} sees among his lists")
def sees_among_lists(context: Context, who: str) -> None:
    page = MyListsPage.seen_by(context.actors[who])
    expected = [row["name"] for row in context.table]
    assert page.own == expected, f"{who} was to find {expected} among the lists of {who}, and finds {page.own}"
    assert page.headings[:1] == [OWN], f"{who} was to find them under {OWN!r}, and the page is headed {page.headings}"


@then("{who:Person} is told that he has no lists yet")
def is_told_of_no_lists(context: Context, who: str) -> None:
    page = MyListsPage.seen_by(context.actors[who])
    found = page.invitation + page.own + page.shared
    assert found == [NO_LISTS], f"{who} was to be told {NO_LISTS!r}, and reads {found}"


@then("{who:Person} finds among the lists shared with him")
def finds_among_shared(context: Context, who: str) -> None:
    page = MyListsPage.visited_by(context.actors[who])
    expected = [f"{row['name']} kept by {context.actors[row['who']].email}" for row in context.table]
    assert page.shared == expected, f"{who} was to find {expected} shared with {who}, and finds {page.shared}"
    assert page.headings[1:] == [SHARED], f"{who} was to find them under {SHARED!r}; the headings are {page.headings}"


@then('{who:Person} sees that "{title}" is shared with')
def sees_sharees(context: Context, who: str, title: str) -> None:
    sharees = ListPage.visited_by(context.actors[who], context.lists[title]).sharees
    expected = [context.actors[row["who"]].email for row in context.table]
    assert sharees == expected, f"{who} was to see {title!r} shared with {expected}, and sees {sharees}"


@then('{who:Person} cannot find "{title}"')
def cannot_find(context: Context, who: str, title: str) -> None:
    page = NotFoundPage.visited_by(context.actors[who], context.lists[title])
    assert page.heading == NOT_FOUND, f"{who} was to be told {NOT_FOUND!r}, and is told {page.heading!r}"
    assert title not in page.everything, f"{who} was not to find {title!r}, and reads: {page.everything}"


@then('{who:Person} sees that "{title}" is {owner:Person}\'s')
def sees_owner(context: Context, who: str, title: str, owner: str) -> None:
    named = ListPage.seen_by(context.actors[who]).owner
    expected = [context.actors[owner].email]
    assert named == expected, f"{who} was to see that {title!r} is kept by {expected}, and sees {named}"


@then("{who:Person} is not offered to share it")
def is_not_offered_to_share(context: Context, who: str) -> None:
    assert not ListPage.seen_by(context.actors[who]).offers_sharing, f"{who} is offered to share the list"
