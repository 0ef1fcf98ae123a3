"""Reading what a response shows."""

import re

from bs4 import BeautifulSoup


def parsed(response):
    return BeautifulSoup(response.content.decode(), "html.parser")


def texts(response, selector):
    return [found.get_text(" ", strip=True) for found in parsed(response).select(selector)]


def text(response, selector):
    (only,) = texts(response, selector)
    return only


def rows(response):
    return texts(response, "table#id_list_table tr")


def field(response, selector):
    (only,) = parsed(response).select(selector)
    return only


def without_csrf_tokens(response):
    return re.sub(rb'(name="csrfmiddlewaretoken" value=")[^"]+', rb"\1", response.content)
