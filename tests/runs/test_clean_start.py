from tests.runs.conftest import Scratch

STEPS = r"""
from features.pages.home_page import HomePage

LEAVE = '''
document.cookie = "left=1";
localStorage.left = sessionStorage.left = "1";
const done = arguments[arguments.length - 1];
caches.open("left").then(() => { const r = indexedDB.open("left"); r.onsuccess = () => done(); });
'''
FIND = '''
const done = arguments[arguments.length - 1];
Promise.all([caches.keys(), indexedDB.databases()]).then(([c, d]) => done([
  document.cookie.includes("left"), "left" in localStorage, "left" in sessionStorage,
  c.length > 0, d.length > 0,
  window.innerWidth < 700, sessionStorage.length > 0,
  performance.getEntriesByType("resource").some(r => /\.(css|js)$/.test(r.name) && r.transferSize === 0)]));
'''

@given("{who:Person} leaves traces everywhere")
def leaves(context, who):
    HomePage.visited_by(context.actors[who])
    browser = context.actors[who].browser
    browser.driver.execute_async_script(LEAVE)
    browser.run("window.open('/', 'another'); setInterval(() => { document.cookie = 'left=late'; }, 1)")
    browser.resize(600, 600)

@when("{who:Person} finds no trace, and {expected:d} window of the site")
@then("{who:Person} finds no trace, and {expected:d} window of the site")
def finds(context, who, expected):
    HomePage.visited_by(context.actors[who])
    browser = context.actors[who].browser
    found = browser.driver.execute_async_script(FIND)
    assert found == [False] * 8, found
    targets = browser._devtools.send("Target.getTargets")["targetInfos"]
    windows = [t["url"] for t in targets if t["type"] == "page" and t["url"].endswith("/")]
    assert len(windows) == expected, windows
"""


def test_no_scenario_finds_a_trace_of_another(scratch: Scratch):
    scratch.tell(
        "  Scenario: leave\n    Given Edith leaves traces everywhere\n\n"
        "  Scenario: find\n    When Edith finds no trace, and 1 window of the site\n\n"
        "  Scenario: leave again, and someone else looks\n"
        "    Given Edith leaves traces everywhere\n    Then Boris finds no trace, and 3 window of the site\n\n"
        "  Scenario: find again\n    Then Boris finds no trace, and 1 window of the site\n",
        STEPS,
    )
    ran = scratch.behave("-D", "seed=off")
    assert "4 scenarios passed" in ran.stdout, ran.stdout
