"""An engine for acceptance tests of Django sites: behave in a real browser, against whatever runs the site.

What a project has to do with it, on one page:

- behave.ini names `acceptance.runner:AcceptanceRunner` as its runner, and the settings of
  a run that are to differ from their defaults; `acceptance.settings.UserData` lists them all.
- `features/project.py` declares a `PROJECT`: what the engine has to know of the site
  (`acceptance.project.Project`).
- `features/environment.py` opens the target that is meant (`acceptance.targets.open_target`,
  given `context.settings`) and calls, from each hook of behave, the function of the same name
  in `acceptance.hooks`: before_all, before_scenario, after_step, after_scenario, after_all.
  Scenarios run one at a time, so hooks around features, rules and tags are refused.
- Steps find people in `context.actors["Edith"]` (`acceptance.actors.Actor`), each with a browser
  and an address of their own; `{who:Person}` in a step is a name.
- Pages are classes below `acceptance.page.Page`: locators on top, queries as properties, actions
  that return once their effect can be seen.
- `acceptance.waiting.eventually` is the only wait.
- Givens use fixtures: a class below `acceptance.fixtures.SiteFixtures` with a method for each
  management command of the site; the site installs `acceptance.django_app`, where it is disposable.

What can be added without a change elsewhere is one more class that keeps a contract:
a target `acceptance.targets.base.Target`, a mailbox `acceptance.mailboxes.base.Mailbox`,
a browser as in `acceptance.browsers.chromium`.
"""
