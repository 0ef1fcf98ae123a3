"""A feature that lost something, or hides another's failure, does not pass: nothing of it is run."""

from tests.runs.conftest import Scratch


def test_what_a_feature_lost_is_named_and_nothing_runs(scratch: Scratch):
    scratch.tell(
        "  Scenario: mistyped\n    Thn nothing in particular\n    Then Francs is logged in\n\n  Scenario: empty\n"
    )
    (scratch.root / "features/zcopy.feature").write_text("Feature: Told by a test\n\n  Scenario: s\n    Then y\n")
    (scratch.root / "features/empty.feature").write_text("")
    ran = scratch.behave()
    assert ran.returncode == 2
    assert ran.stderr.splitlines() == [
        "These features are not well formed:",
        "  features/told.feature:3: Scenario is followed by a line that is no step and no scenario: "
        "'Thn nothing in particular'",
        "  features/told.feature:7: Scenario has no step",
        "  features/zcopy.feature:1: Feature has the name that features/told.feature has as well, or nearly: "
        "'Told by a test'",
        "  features/empty.feature: holds no feature: it is empty, or a comment",
        "  features/told.feature:5: nobody in the cast is called 'Francs'; the nearest name is 'Francis': Francs is "
        "logged in",
    ]
    assert "Traceback" not in ran.stdout + ran.stderr
    assert scratch.python("-m", "acceptance.report").returncode == 0
    assert "features/zcopy.feature: " in (scratch.root / "reports/site/index.html").read_text()
