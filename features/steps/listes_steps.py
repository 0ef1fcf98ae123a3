"""Les listes et leur partage, en français : each language has steps of its own, and the same pages."""

from behave import given, then, when
from behave.runner import Context

from features.pages.list_page import ListPage
from features.pages.login_pages import NotFoundPage


@given("{who:Person} est connectée")
@given("{who:Person} est connecté")
def est_connectee(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.browser.set_cookie("sessionid", context.fixtures.create_session(actor.email))


@given('{who:Person} a une liste appelée "{title}"')
def a_une_liste(context: Context, who: str, title: str) -> None:
    context.owners[title] = context.actors[who].email
    context.lists[title] = context.fixtures.create_list(title, owner=context.owners[title])


@given('{owner:Person} a partagé "{title}" avec {friend:Person}')
def a_partage(context: Context, owner: str, title: str, friend: str) -> None:
    assert context.actors[owner].email == context.owners[title], f"{title!r} n'est pas à {owner}"
    context.fixtures.share_list(context.lists[title], context.actors[friend].email)


@when('{who:Person} ajoute "{item}" à "{title}"')
def ajoute(context: Context, who: str, item: str, title: str) -> None:
    ListPage.visited_by(context.actors[who], context.lists[title]).add(item)


@then('{who:Person} voit "{item}" dans "{title}"')
def voit_dans(context: Context, who: str, item: str, title: str) -> None:
    items = ListPage.visited_by(context.actors[who], context.lists[title]).items
    assert item in items, f"Dans la liste {title!r} : {items}"


@then('{who:Person} ne trouve pas "{title}"')
def ne_trouve_pas(context: Context, who: str, title: str) -> None:
    page = NotFoundPage.visited_by(context.actors[who], context.lists[title])
    assert title not in page.everything, f"{who} lit : {page.everything}"
