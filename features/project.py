"""What the engine has to know of Superlists."""

from acceptance.project import Project

PROJECT = Project(
    name="superlists",
    settings_module="superlists.settings",
    resting_path="/static/superlists/icon.svg",
    secrets=(r"(/accounts/login/)[^/\s\"'<>?]+",),
)
