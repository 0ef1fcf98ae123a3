"""A person's lists, and whom they share them with."""

from behave import given, then, when
from behave.runner import Context

from features.pages.list_page import ListPage
from features.pages.login_pages import NotFoundPage
from features.pages.my_lists_page import MyListsPage


@given('{owner:Person} has shared "{title}" with {friend:Person}')
def has_shared(context: Context, owner: str, title: str, friend: str) -> None:
    assert context.actors[owner].email == context.owners[title], f"{title!r} is not {owner}'s to share"
    context.fixtures.share_list(context.lists[title], context.actors[friend].email)


@given("{who:Person} is looking at her lists")
@when("{who:Person} looks at her lists")
def looks_at_lists(context: Context, who: str) -> None:
    MyListsPage.visited_by(context.actors[who])


@when('{who:Person} opens "{title}"')
def opens_list(context: Context, who: str, title: str) -> None:
    MyListsPage.seen_by(context.actors[who]).open_list(title)


@when('{owner:Person} shares "{title}" with {friend:Person}')
def shares(context: Context, owner: str, title: str, friend: str) -> None:
    my_lists = MyListsPage.visited_by(context.actors[owner])
    my_lists.open_list(title).share_with(context.actors[friend].email)


@when('{owner:Person} tries to share "{title}" with {friend:Person}')
def tries_to_share(context: Context, owner: str, title: str, friend: str) -> None:
    page = ListPage.visited_by(context.actors[owner], context.lists[title])
    page.try_to_share_with(context.actors[friend].email)


@when('{one:Person} and {other:Person} each add to "{title}"')
def both_add(context: Context, one: str, other: str, title: str) -> None:
    open_pages = {who: ListPage.visited_by(context.actors[who], context.lists[title]) for who in (one, other)}
    for row in context.table:
        open_pages[row["who"]].add(row["item"])


@then('both find on "{title}"')
def both_find(context: Context, title: str) -> None:
    expected = [row["item"] for row in context.table]
    for actor in context.actors:
        rows = ListPage.visited_by(actor, context.lists[title]).rows
        assert rows == expected, f"The list {title!r} reads, for {actor.name}, {rows}"


@then("{who:Person} finds among her lists")
def finds_among_lists(context: Context, who: str) -> None:
    names = MyListsPage.visited_by(context.actors[who]).own
    expected = [row["name"] for row in context.table]
    assert names == expected, f"The lists of {who} are {names}"


@then('{who:Person} finds "{title}" among the lists shared with him')
def finds_among_shared(context: Context, who: str, title: str) -> None:
    names = MyListsPage.visited_by(context.actors[who]).shared
    assert title in names, f"The lists shared with {who} are {names}"


@then('{who:Person} cannot find "{title}"')
def cannot_find(context: Context, who: str, title: str) -> None:
    page = NotFoundPage.visited_by(context.actors[who], context.lists[title])
    assert title not in page.everything, f"{who} reads: {page.everything}"


@then('{who:Person} sees that "{title}" is {owner:Person}\'s')
def sees_owner(context: Context, who: str, title: str, owner: str) -> None:
    named = ListPage.seen_by(context.actors[who]).owner
    assert named == [context.actors[owner].email], f"{title!r} is said to be kept by {named}"


@then("{who:Person} is not offered to share it")
def is_not_offered_to_share(context: Context, who: str) -> None:
    assert not ListPage.seen_by(context.actors[who]).offers_sharing, f"{who} is offered to share the list"
