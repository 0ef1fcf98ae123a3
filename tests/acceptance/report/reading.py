"""Reads the pages of a report as they lie on disk."""

from pathlib import Path

from bs4 import BeautifulSoup


def page(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(), "html.parser")


def says(soup: BeautifulSoup, css: str) -> str:
    found = soup.select_one(css)
    return " ".join(found.get_text(" ").split()) if found else "(nothing)"
