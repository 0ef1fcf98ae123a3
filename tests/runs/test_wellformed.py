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
