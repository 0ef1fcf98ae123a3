"""Logging in by a mailed link, and logging out."""

from behave import given, then, when
from behave.runner import Context

from acceptance.mailboxes.message import origin
from features.pages.home_page import HomePage
from features.pages.login_pages import CompleteLoginPage, NotFoundPage, RefusedLinkPage, WaitPage
from features.pages.navigation import NavigationBar

MAIL_SUBJECT = "Your login link for Superlists"
CHECK_YOUR_MAIL = "Check your email, we've sent you a link you can use to log in."


@given("{who:Person} is logged in")
def is_already_logged_in(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.browser.set_cookie("sessionid", context.fixtures.create_session(actor.email))


@given("{who:Person} has asked for {count:d} login links within the hour")
def has_asked_for_links(context: Context, who: str, count: int) -> None:
    for _ in range(count):
        context.fixtures.create_login_link(context.actors[who].email)


@given("{who:Person} has been mailed a login link")
def has_been_mailed_link(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.notes_the_time(context.target.mailbox)
    NavigationBar.visited_by(actor).ask_for_link(actor.email)
    is_told_to_check_mail(context, who)


@given('{who:Person} was asked to log in on her way to "{title}"')
def was_asked_to_log_in(context: Context, who: str, title: str) -> None:
    actor = context.actors[who]
    actor.notes_the_time(context.target.mailbox)
    NotFoundPage.visited_by(actor, context.lists[title]).ask_for_link(actor.email)
    is_told_to_check_mail(context, who)


@given("{who:Person} has logged in by the link in her mail")
def has_logged_in_by_mailed_link(context: Context, who: str) -> None:
    has_been_mailed_link(context, who)
    opens_mailed_link(context, who)
    is_logged_in(context, who)


@given("{who:Person} has a login link that is {age:d} minutes old")
def has_old_link(context: Context, who: str, age: int) -> None:
    actor = context.actors[who]
    actor.login_link = context.fixtures.create_login_link(actor.email, age=age)


@given("{who:Person} has logged in by a login link and out again")
def has_used_link(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.login_link = context.fixtures.create_login_link(actor.email)
    logs_in_by_link(context, who)
    NavigationBar.seen_by(actor).shows(actor.email).log_out()


@when("{who:Person} asks for a login link")
def asks_for_link(context: Context, who: str) -> None:
    NavigationBar.visited_by(context.actors[who]).ask_for_link(context.actors[who].email)


@when("{who:Person} opens the link in her mail")
def opens_mailed_link(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.login_link = actor.mailed_link(context.target.mailbox, MAIL_SUBJECT)
    actor.browser.open(actor.login_link)


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
    context.actors[who].browser.open("/accounts/login/made-up-by-boris/")


@when("{who:Person} logs in for the first time")
def logs_in_for_the_first_time(context: Context, who: str) -> None:
    actor = context.actors[who]
    actor.login_link = context.fixtures.create_login_link(actor.email)
    logs_in_by_link(context, who)
    NavigationBar.seen_by(actor).shows(actor.email)


@when("{who:Person} logs out")
def logs_out(context: Context, who: str) -> None:
    NavigationBar.visited_by(context.actors[who]).log_out()


@then("{who:Person} is told to check her mail")
def is_told_to_check_mail(context: Context, who: str) -> None:
    answers = NavigationBar.seen_by(context.actors[who]).answers
    assert answers == [CHECK_YOUR_MAIL], f"{who} is told {answers}"


@then("the link in {who:Person}'s mail has led straight to Superlists")
def link_has_led_here(context: Context, who: str) -> None:
    NavigationBar.seen_by(context.actors[who])
    link, here = context.actors[who].login_link, context.target.base_url
    assert origin(link) == origin(here), f"The link leads to {origin(link)}, and Superlists is at {here}"


@then("{who:Person} is told to wait a while")
def is_told_to_wait(context: Context, who: str) -> None:
    WaitPage.seen_by(context.actors[who])


@then("{who:Person} is logged in")
def is_logged_in(context: Context, who: str) -> None:
    NavigationBar.seen_by(context.actors[who]).shows(context.actors[who].email)


@then("{who:Person} is not logged in")
def is_not_logged_in(context: Context, who: str) -> None:
    bar = NavigationBar.visited_by(context.actors[who])
    assert bar.offers_login, f"{bar.who} is logged in"


@then("{who:Person} can log out again")
def can_log_out(context: Context, who: str) -> None:
    NavigationBar.seen_by(context.actors[who]).log_out()
    assert NavigationBar.visited_by(context.actors[who]).who == [], "Somebody is still logged in"


@then("{who:Person} is no longer offered her lists")
def is_not_offered_lists(context: Context, who: str) -> None:
    bar = NavigationBar.visited_by(context.actors[who])
    assert not bar.offers_my_lists, f"There still is a way to the lists of {bar.who}"


@then('{who:Person} is told that the link "{reason}"')
def is_told_why(context: Context, who: str, reason: str) -> None:
    said = RefusedLinkPage.seen_by(context.actors[who]).reason
    assert reason in said, f"{who} is told: {said}"


@then("{who:Person} is offered a new link")
def is_offered_new_link(context: Context, who: str) -> None:
    assert RefusedLinkPage.seen_by(context.actors[who]).offers_new_link, "There is no way to ask for another link"


@then("{who:Person} can ask for a login link")
def can_ask_for_link(context: Context, who: str) -> None:
    HomePage.seen_by(context.actors[who])
    assert NavigationBar.seen_by(context.actors[who]).offers_login, "There is no way to ask for a login link"
