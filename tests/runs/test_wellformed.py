from tests.runs.conftest import Scratch


def test_a_scenario_of_which_a_step_was_lost_does_not_pass(scratch: Scratch):
    scratch.tell("  Scenario: mistyped\n    Thn nothing in particular\n\n  Scenario: empty\n")
    ran = scratch.behave()
    assert ran.returncode == 2
    assert ran.stderr.splitlines() == [
        "These features are not well formed:",
        "  features/told.feature:3: Scenario is followed by a line that is no step and no scenario: "
        "'Thn nothing in particular'",
        "  features/told.feature:3: Scenario has no step",
        "  features/told.feature:6: Scenario has no step",
    ]
    assert "Traceback" not in ran.stdout + ran.stderr


def test_a_feature_that_lost_all_it_said_does_not_pass_beside_another(scratch: Scratch):
    (scratch.root / "features/sharing.feature").write_text("")
    ran = scratch.behave("features/smoke.feature", "features/sharing.feature")
    assert ran.returncode == 2, ran.stdout
    assert ran.stderr.splitlines()[1:] == ["  features/sharing.feature: holds no feature: it is empty, or a comment"]


def test_a_copy_of_a_feature_hides_no_failure(scratch: Scratch):
    steps = '@given("a failure")\ndef a(context):\n    assert False\n@given("another")\ndef b(context):\n    pass\n'
    scratch.tell("  Scenario: fails\n    Given a failure\n", steps)
    assert scratch.behave().returncode == 1
    copy = scratch.root / "features/zcopy.feature"
    copy.write_text((scratch.root / "features/told.feature").read_text().replace("a failure", "another"))
    ran = scratch.behave()
    assert ran.returncode == 2, ran.stdout
    assert "features/zcopy.feature:1: Feature has the name that features/told.feature has as well" in ran.stderr
    assert scratch.python("-m", "acceptance.report").returncode == 0
    page = (scratch.root / "reports/site/index.html").read_text()
    assert "features/zcopy.feature: " in page
