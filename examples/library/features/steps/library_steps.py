"""Readers and their books; a reader's card is her name."""

from behave import given, then, when
from behave.runner import Context

from features.pages.library_pages import LibraryPage, LoginPage, MyBooksPage, ShelfPage


@given('the library has "{one}" and "{other}"')
def has_books(context: Context, one: str, other: str) -> None:
    context.fixtures.add_book(one)
    context.fixtures.add_book(other)


@given('{who:Person} has a card with the secret word "{word}"')
def has_card(context: Context, who: str, word: str) -> None:
    context.fixtures.add_reader(who, word)


@given('{who:Person} has borrowed "{title}"')
def has_borrowed(context: Context, who: str, title: str) -> None:
    context.fixtures.add_book(title, lent_to=who)


@given("{who:Person} has borrowed three books")
def has_borrowed_three(context: Context, who: str) -> None:
    for row in context.table:
        has_borrowed(context, who, row["title"])


@given("{who:Person} is logged in")
def is_already_logged_in(context: Context, who: str) -> None:
    context.actors[who].browser.set_cookie("sessionid", context.fixtures.create_session(who))


@given("{one:Person} and {other:Person} are logged in")
def are_logged_in(context: Context, one: str, other: str) -> None:
    is_already_logged_in(context, one)
    is_already_logged_in(context, other)


@given("{who:Person} looks at the shelf")
@when("{who:Person} looks at the shelf")
def looks_at_shelf(context: Context, who: str) -> None:
    ShelfPage.visited_by(context.actors[who])


@given('{who:Person} has taken "{title}" home')
@when('{who:Person} borrows "{title}"')
def borrows(context: Context, who: str, title: str) -> None:
    ShelfPage.visited_by(context.actors[who]).borrow(title)


@when('{who:Person} tries to borrow "{title}"')
def tries_to_borrow(context: Context, who: str, title: str) -> None:
    ShelfPage.seen_by(context.actors[who]).try_to_borrow(title)


@given('{who:Person} has brought back "{title}"')
def has_brought_back(context: Context, who: str, title: str) -> None:
    MyBooksPage.visited_by(context.actors[who]).bring_back(title)


@when('{who:Person} logs in with the secret word "{word}"')
def logs_in(context: Context, who: str, word: str) -> None:
    LoginPage.visited_by(context.actors[who]).log_in(who, word)


@when('{who:Person} tries to log in with the secret word "{word}"')
def tries_to_log_in(context: Context, who: str, word: str) -> None:
    LoginPage.visited_by(context.actors[who]).try_to_log_in(who, word)


@when("{who:Person} logs out")
def logs_out(context: Context, who: str) -> None:
    LibraryPage.visited_by(context.actors[who]).log_out()


@then('{who:Person} has "{title}" at home')
def has_at_home(context: Context, who: str, title: str) -> None:
    assert MyBooksPage.visited_by(context.actors[who]).titles == [title]


@then("{who:Person} has nothing at home")
def has_nothing_at_home(context: Context, who: str) -> None:
    assert MyBooksPage.visited_by(context.actors[who]).titles == []


@then('{who:Person} sees that "{title}" is lent')
def sees_lent(context: Context, who: str, title: str) -> None:
    assert f"{title} lent" in ShelfPage.visited_by(context.actors[who]).books


@then('{who:Person} sees that "{title}" is on the shelf')
def sees_on_shelf(context: Context, who: str, title: str) -> None:
    assert {title, f"{title} Borrow"} & set(ShelfPage.visited_by(context.actors[who]).books)


@then('{who:Person} cannot borrow "{title}"')
def cannot_borrow(context: Context, who: str, title: str) -> None:
    assert not ShelfPage.seen_by(context.actors[who]).offers(title)


@then('{who:Person} is told "{refusal}"')
def is_told(context: Context, who: str, refusal: str) -> None:
    assert LibraryPage.seen_by(context.actors[who]).refusals == [refusal]


@then("{who:Person} is logged in with her card")
def is_logged_in(context: Context, who: str) -> None:
    assert LibraryPage.seen_by(context.actors[who]).card == [who]


@then("{who:Person} is offered to log in")
def is_offered_to_log_in(context: Context, who: str) -> None:
    assert LibraryPage.seen_by(context.actors[who]).offers_login
