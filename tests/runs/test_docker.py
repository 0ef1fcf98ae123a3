"""Whole runs on the site in a container."""

import re
import signal
import time
import urllib.request

import pytest

from tests.runs.conftest import Scratch
from tests.targets.engine import FOR_PRODUCTION, by_hand, owned

STARTS_A_LIST = """
  Scenario: {name}
    Given Edith has started a list with "Buy milk"
    {step}
    When Edith reads "Buy milk"
"""
KILLS = """
@when('the container is killed')
def container_is_killed(context):
    context.target.container.kill()
"""
STANDS_STILL = """
@when('time stands still')
def time_stands_still(context):
    print("standing still", flush=True)
    import sys
    sys.__stdout__.write("STANDING\\n")
    sys.__stdout__.flush()
    time.sleep(60)
"""


def told(*steps: str) -> str:
    return "".join(STARTS_A_LIST.format(name=f"number {n}", step=step) for n, step in enumerate(steps))


def until(process, words: str) -> str:
    said = ""
    while words not in said:
        line = process.stdout.readline()
        assert line, f"It ended without {words!r}: {said}"
        said += line
    return said


def test_a_container_that_dies_ends_the_run_with_its_reason(scratch: Scratch):
    scratch.tell(told("When the container is killed", "", ""), KILLS)
    ran = scratch.behave("-D", "target=docker", "-D", "seed=off", "-D", "wait=2", "--junit")
    assert ran.returncode == 1
    said = ran.stdout + ran.stderr
    assert "ended with exit code 137" in said
    assert "No further scenario is run." in said
    assert "0 scenarios passed, 1 failed" in said or "1 error" in said
    assert "2 skipped" in said or "2 untested" in said
    assert owned(str(scratch.temporary)) == []
    assert "ended with exit code 137" in (scratch.root / "reports/junit/TESTS-told.xml").read_text()


def test_a_container_that_dies_between_two_scenarios_ends_the_run_with_its_reason(scratch: Scratch):
    scratch.tell(f"  Scenario: first\n    When the container is killed\n{told('', '')}", KILLS)
    ran = scratch.behave("-D", "target=docker", "-D", "seed=off", "-D", "wait=2")
    assert ran.returncode == 1
    assert "1 scenario passed" in ran.stdout
    assert "No further scenario is run. The container superlists-" in ran.stderr
    assert "ended with exit code 137" in ran.stderr


def test_the_sites_traceback_stands_in_the_failing_step(scratch: Scratch):
    scratch.replace(
        "superlists/urls.py", "urlpatterns = [", "urlpatterns = [\n    path('boom/', lambda request: 1 / 0),"
    )
    scratch.tell(
        "  Scenario: Something breaks\n    When Edith goes to what is broken\n",
        "@when('Edith goes to what is broken')\n"
        "def goes(context):\n"
        "    context.actors['Edith'].browser.open('/boom/')\n"
        "    assert False, 'seen'\n",
    )
    ran = scratch.behave("-D", "target=docker", "--junit")
    assert ran.returncode == 1
    for text in (ran.stdout, (scratch.root / "reports/junit/TESTS-told.xml").read_text()):
        assert "ZeroDivisionError: division by zero" in text
        assert 'File "/src/superlists/urls.py"' in text


def test_a_missing_stylesheet_is_found(scratch: Scratch):
    (scratch.root / "superlists/static/superlists/site.css").unlink()
    ran = scratch.behave("-D", "target=docker", "--name", "centred", "-D", "wait=1", "features/layout.feature")
    assert ran.returncode == 1
    assert "Missing staticfiles manifest entry for 'superlists/site.css'" in ran.stdout


def test_a_migration_that_fails_ends_the_run_before_it_begins(scratch: Scratch):
    (scratch.root / "superlists/lists/migrations/0099_broken.py").write_text(
        "from django.db import migrations\n\n\n"
        "class Migration(migrations.Migration):\n"
        "    dependencies = [('lists', '0001_initial')]\n"
        "    operations = [migrations.RunSQL('SELECT 1 FROM nowhere')]\n"
    )
    ran = scratch.behave("-D", "target=docker")
    assert ran.returncode == 2
    assert "The site did not start in a container: migrate_disposable:" in ran.stderr
    assert "Applying lists.0099_broken..." in ran.stderr
    assert "no such table: nowhere" in ran.stderr
    assert owned(str(scratch.temporary)) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_scenario_leaves_nothing(scratch: Scratch, how: signal.Signals):
    scratch.tell(told("When time stands still"), STANDS_STILL)
    process = scratch.start("-D", "target=docker")
    until(process, "STANDING")
    assert owned(str(scratch.temporary))
    process.send_signal(how)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert owned(str(scratch.temporary)) == []
    assert scratch.left_running() == []
    assert scratch.left_behind() == []


@pytest.mark.parametrize("after_s", [0.3, 0.8, 1.3, 1.8])
def test_an_interrupted_start_leaves_nothing(scratch: Scratch, after_s: float):
    process = scratch.start("-D", "target=docker", "-D", "database=postgres")
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert owned(str(scratch.temporary)) == []
    assert scratch.left_running() == []
    assert scratch.left_behind() == []


def test_two_interruptions_at_the_end_leave_nothing(scratch: Scratch):
    scratch.tell(told("When time stands still"), STANDS_STILL)
    process = scratch.start("-D", "target=docker")
    until(process, "STANDING")
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert owned(str(scratch.temporary)) == []
    assert scratch.left_running() == []


def test_two_runs_side_by_side_do_not_meet(scratch: Scratch):
    scratch.tell(told(*[""] * 6))
    runs = [scratch.start("-D", "target=docker", "-D", f"database={kind}") for kind in ("sqlite", "postgres")]
    said = [process.communicate(timeout=120)[0] for process in runs]
    assert [process.returncode for process in runs] == [0, 0], said
    assert all("6 scenarios passed" in text for text in said)
    assert owned(str(scratch.temporary)) == []


def test_production_in_a_container_is_only_looked_at(scratch: Scratch):
    with by_hand(FOR_PRODUCTION) as container:
        name = f"docker.container={container.name}"
        smoke = scratch.behave("-D", "target=docker", "-D", name, "--tags=@smoke")
        assert smoke.returncode == 0, smoke.stdout
        refused = scratch.behave("-D", "target=docker", "-D", name)
        assert refused.returncode == 4
        assert "takes no fixtures" in refused.stderr
        assert re.search(r"Selected here: \d+, such as", refused.stderr)
        assert f"docker exec -it {container.name} python manage.py stamp_site" in refused.stderr
        assert "passed" not in refused.stdout
        container.reload()
        assert container.status == "running"
        port = (container.ports["8888/tcp"] or [{}])[0]["HostPort"]
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as answer:
            assert answer.status == 200
