"""A feature that lost something, or hides another's failure, does not pass: nothing of it is run."""

from tests.runs.conftest import Scratch


def test_what_was_lost_of_a_feature_is_named_and_a_copy_hides_no_failure(scratch: Scratch):
    scratch.tell("  Scenario: mistyped\n    Thn nothing in particular\n\n  Scenario: empty\n")
    (scratch.root / "features/zcopy.feature").write_text("Feature: Told by a test\n\n  Scenario: s\n    Then y\n")
    ran = scratch.behave()
    assert ran.returncode == 2
    assert ran.stderr.splitlines() == [
        "These features are not well formed:",
        "  features/told.feature:3: Scenario is followed by a line that is no step and no scenario: "
        "'Thn nothing in particular'",
        "  features/told.feature:3: Scenario has no step",
        "  features/told.feature:6: Scenario has no step",
        "  features/zcopy.feature:1: Feature has the name that features/told.feature has as well, or nearly: "
        "'Told by a test'",
    ]
    assert "Traceback" not in ran.stdout + ran.stderr
    assert scratch.python("-m", "acceptance.report").returncode == 0
    assert "features/zcopy.feature: " in (scratch.root / "reports/site/index.html").read_text()


def test_a_feature_that_lost_all_it_said_does_not_pass_beside_another(scratch: Scratch):
    (scratch.root / "features/sharing.feature").write_text("")
    ran = scratch.behave("features/smoke.feature", "features/sharing.feature")
    assert ran.returncode == 2, ran.stdout
    assert ran.stderr.splitlines()[1:] == ["  features/sharing.feature: holds no feature: it is empty, or a comment"]
