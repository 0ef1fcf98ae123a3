"""Logging in by a mailed link, and logging out."""

from behave import given, then, when
from behave.runner import Context

from features.pages.home_page import HomePage
from features.pages.login_pages import (
    CompleteLoginPage,
    LoginPage,
    MailFailedPage,
    NotFoundPage,
    RefusedLinkPage,
    WaitPage,
)
from features.pages.navigation import NavigationBar

MAIL_SUBJECT = "Your login link for Superlists"
CHECK_YOUR_MAIL = "Check your email, we've sent you a link you can use to log in."
BAD_ADDRESS = "Enter an email address, such as edith@example.com."
ASKED_TO_LOG_IN = "Log in to your To-Do lists"
MAIL_FAILED = "Sorry, we could not send the link to your To-Do lists"
WAIT = (
    "We have sent several login links to {email} within the hour, or very many for people where you are. "
    "Look for them in your mail, or ask again in an hour."
)
REFUSAL = "This login link {reason}. A link works once, for 15 minutes. Ask for another one here:"


@given("{who:Person} is logged in")
def is_already_logged_in(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.browser.set_cookie("sessionid", context.fixtures.create_session(actor.email))
    # The bar is on every page: to open one for it alone would take longer than anything else here.
    actor.first_look = lambda: NavigationBar(actor.browser).shows(actor.email)


@given("{who:Person} gets in with a copy of what {owner:Person}'s browser remembers")
def gets_in_with_copy(context: Context, who: str, owner: str) -> None:
    key = NavigationBar.visited_by(context.actors[owner]).session_key
    context.actors[who].browser.set_cookie("sessionid", key)
    NavigationBar.visited_by(context.actors[who]).shows(context.actors[owner].email)


@given("{who:Person} has asked for {count:d} login links within the hour")
def has_asked_for_links(context: Context, who: str, count: int) -> None:
    for _ in range(count):
        context.fixtures.create_login_link(context.actors[who].email)


@given("the mail server takes nothing for {who:Person}")
def mail_server_refuses(context: Context, who: str) -> None:
    context.target.mailbox.refuse(context.actors[who].email)


@given("{who:Person} has been mailed a login link")
@when("{who:Person} asks to be mailed a login link")
def has_been_mailed_link(context: Context, who: str) -> None:
    context.actors[who].notes_the_time(context.target.mailbox)
    asks_for_link(context, who)
    is_told_to_check_mail(context, who)


@given('{who:Person} was asked to log in on her way to "{title}"')
def was_asked_to_log_in(context: Context, who: str, title: str) -> None:
    actor = context.actors[who]
    actor.notes_the_time(context.target.mailbox)
    NotFoundPage.visited_by(actor, context.lists[title]).ask_for_link(actor.email)
    is_told_to_check_mail(context, who)


@given("{who:Person}'s scanner has opened the link in {owner:Person}'s mail")
def scanner_has_opened_link(context: Context, who: str, owner: str) -> None:
    # A mailbox may give each mail out once.
    context.actors[owner].login_link = context.actors[owner].mailed_link(context.target.mailbox, MAIL_SUBJECT)
    CompleteLoginPage.visited_by(context.actors[who], context.actors[owner].login_link)


@given("{who:Person} has logged in by the link in her mail")
def has_logged_in_by_mailed_link(context: Context, who: str) -> None:
    has_been_mailed_link(context, who)
    opens_mailed_link(context, who)
    is_logged_in(context, who)


@given("{who:Person} has a login link that is {age:d} minutes old")
def has_old_link(context: Context, who: str, age: int) -> None:
    actor = context.actors[who]
    actor.login_link = context.fixtures.create_login_link(actor.email, age=age)


@given("{who:Person} has opened a link that had expired")
def has_opened_expired_link(context: Context, who: str) -> None:
    actor = context.actors[who]
    RefusedLinkPage.visited_by(actor, context.fixtures.create_login_link(actor.email, age=60))


@given("{who:Person} has logged in by a login link and out again")
def has_used_link(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.login_link = context.fixtures.create_login_link(actor.email)
    logs_in_by_link(context, who)
    NavigationBar.seen_by(actor).shows(actor.email).log_out()


@when("{who:Person} asks for a login link")
def asks_for_link(context: Context, who: str) -> None:
    NavigationBar.visited_by(context.actors[who]).ask_for_link(context.actors[who].email)


@when('{who:Person} asks for a login link for "{address}"')
def asks_for_link_for(context: Context, who: str, address: str) -> None:
    NavigationBar.visited_by(context.actors[who]).ask_for_link(address)


@when("{who:Person} asks for another link right there")
def asks_for_another_link(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.notes_the_time(context.target.mailbox)
    RefusedLinkPage.seen_by(actor).ask_for_link(actor.email)


@when("{who:Person} opens the link in her mail")
def opens_mailed_link(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.login_link = actor.mailed_link(context.target.mailbox, MAIL_SUBJECT)
    actor.browser.open(actor.login_link)


@when("{who:Person} opens {owner:Person}'s link")
@when("{who:Person} opens the link in {owner:Person}'s mail")
def opens_link_of_another(context: Context, who: str, owner: str) -> None:
    context.actors[who].browser.open(context.actors[owner].login_link)


@when("{who:Person} opens her link")
@when("{who:Person} opens the same link again")
def opens_link(context: Context, who: str) -> None:
    context.actors[who].browser.open(context.actors[who].login_link)


@when("{who:Person} opens her link and confirms it")
def logs_in_by_link(context: Context, who: str) -> None:
    actor = context.actors[who]
    CompleteLoginPage.visited_by(actor, actor.login_link).log_in()


@when("{who:Person} opens a link that he made up")
def opens_made_up_link(context: Context, who: str) -> None:
    context.actors[who].browser.open(RefusedLinkPage.PATH)


@when("{who:Person} logs in for the first time")
def logs_in_for_the_first_time(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.login_link = context.fixtures.create_login_link(actor.email)
    logs_in_by_link(context, who)
    NavigationBar.seen_by(actor).shows(actor.email)


@when("{who:Person} logs out")
def logs_out(context: Context, who: str) -> None:
    NavigationBar.seen_by(context.actors[who]).log_out()


@when("{who:Person} goes back")
def goes_back(context: Context, who: str) -> None:
    NavigationBar.seen_by(context.actors[who]).go_back()


@then("{who:Person} is told to check her mail")
def is_told_to_check_mail(context: Context, who: str) -> None:
    answers = NavigationBar.seen_by(context.actors[who]).answers
    assert answers == [CHECK_YOUR_MAIL], f"{who} was to be told {CHECK_YOUR_MAIL!r}, and is told {answers}"


@then("{who:Person} has a login link in her mail")
@then("{who:Person} has a login link in his mail")
def has_link_in_mail(context: Context, who: str) -> None:
    context.actors[who].mailed_link(context.target.mailbox, MAIL_SUBJECT)


@then("{who:Person} is told why her address will not do")
def is_told_of_bad_address(context: Context, who: str) -> None:
    errors = LoginPage.seen_by(context.actors[who]).errors
    assert errors == [BAD_ADDRESS], f"{who} was to be told {BAD_ADDRESS!r}, and is told {errors}"


@then("{who:Person} is told to wait a while")
def is_told_to_wait(context: Context, who: str) -> None:
    advice, expected = WaitPage.seen_by(context.actors[who]).advice, WAIT.format(email=context.actors[who].email)
    assert advice == expected, f"{who} was to be told {expected!r}, and is told {advice!r}"


@then("{who:Person} is told that her link could not be sent")
def is_told_that_mail_failed(context: Context, who: str) -> None:
    heading = MailFailedPage.seen_by(context.actors[who]).heading
    assert heading == MAIL_FAILED, f"{who} was to be told {MAIL_FAILED!r}, and is told {heading!r}"


@then("{who:Person} is asked to log in")
def is_asked_to_log_in(context: Context, who: str) -> None:
    page = LoginPage.seen_by(context.actors[who])
    told = [page.heading, *page.errors]
    assert told == [ASKED_TO_LOG_IN], f"{who} was to be asked to log in, and is told {told}"


@then("{who:Person} is asked whether to go on as {owner:Person}")
def is_asked_whether_to_go_on(context: Context, who: str, owner: str) -> None:
    page, expected = CompleteLoginPage.seen_by(context.actors[who]), [context.actors[owner].email]
    assert page.owner == expected, f"{who} was to be asked to go on as {expected}, and is asked so as {page.owner}"
    expected = [context.actors[who].email]
    assert page.logged_in == expected, f"{who} was to be told of {expected} as logged in, and is so of {page.logged_in}"


@then("{who:Person} is logged in")
def is_logged_in(context: Context, who: str) -> None:
    NavigationBar.seen_by(context.actors[who]).shows(context.actors[who].email)


@then("{who:Person} is not logged in")
def is_not_logged_in(context: Context, who: str) -> None:
    # Whoever has not opened any page was never about to be logged in.
    NavigationBar.seen_by(context.actors[who])
    bar = NavigationBar.visited_by(context.actors[who])
    assert bar.offers_login, f"{who} was not to be logged in, and is so as {bar.who}"


@then("{who:Person} is no longer logged in")
def is_no_longer_logged_in(context: Context, who: str) -> None:
    still_open = NavigationBar.seen_by(context.actors[who])
    assert still_open.who, f"{who} was to have been logged in until now, and the page still open shows nobody"
    is_not_logged_in(context, who)


@then("{who:Person} is no longer offered her lists")
def is_not_offered_lists(context: Context, who: str) -> None:
    NavigationBar.seen_by(context.actors[who])
    bar = NavigationBar.visited_by(context.actors[who])
    assert bar.offers_login, f"{who} was to be offered to log in; logged in is {bar.who}"
    assert not bar.offers_my_lists, f"{who} was not to be offered any lists, and still is"


@then('{who:Person} is told that the link "{reason}"')
def is_told_why(context: Context, who: str, reason: str) -> None:
    said, expected = RefusedLinkPage.seen_by(context.actors[who]).reason, REFUSAL.format(reason=reason)
    assert said == expected, f"{who} was to be told {expected!r}, and is told {said!r}"


@then("{who:Person} is offered a new link")
def is_offered_new_link(context: Context, who: str) -> None:
    assert RefusedLinkPage.seen_by(context.actors[who]).offers_new_link, f"{who} cannot ask for another link there"


@then("{who:Person} can ask for a login link")
def can_ask_for_link(context: Context, who: str) -> None:
    HomePage.seen_by(context.actors[who])
    assert NavigationBar.seen_by(context.actors[who]).offers_login, f"{who} cannot ask for a login link there"
