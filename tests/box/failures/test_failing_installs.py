"""What a release needs is not to be had, or does not install: what served goes on, and so does the way back."""

from tests.box.deploy_failures import refused


def test_requirements_that_cannot_be_had(staging):
    told = refused(staging, staging.checkout.replaced("superlists/requirements.txt", "asgiref==", "nosuchthing==9."))
    assert "needs: The wheels could not be downloaded here. pip said: " in told
    assert "nosuchthing" in told
    assert "serves on" in told


def test_the_way_back_is_not_made_anew(staging):
    if not staging.previous:
        staging.deploy(staging.checkout.commit({"superlists/marked.py": '"""Second."""\n'}))
    serving, before = staging.release, staging.checkout.at(staging.previous)
    # A file that no commit has: what is made anew loses it.
    staging.run("touch", str(staging.layout.releases / before.commit / "kept"))
    staging.deploy(before)
    assert (staging.release, staging.previous) == (before.commit, serving)
    staging.run("test", "-e", str(staging.layout.releases / before.commit / "kept"))
