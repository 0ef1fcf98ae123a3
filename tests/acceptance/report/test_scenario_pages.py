import os

from acceptance.report.site_builder import build
from tests.acceptance.report.reading import page, says
from tests.acceptance.report.told import HELPS, SHARING, feature, runs, written


def test_text_is_text_wherever_it_comes_from(reports, features):
    written(features, SHARING.replace("Sharing a list", "Sharing <script>"))
    told = feature(SHARING.replace("Sharing a list", "Sharing <script>"))
    runs(reports / "local" / "results.jsonl", told, release='"><script>alert(2)</script>')
    for file in build(reports, features).parent.rglob("*.html"):
        scripts = page(file).select("script")
        assert [script.get("src", "").rpartition("/")[2] for script in scripts] == ["report.js"]  # type: ignore[union-attr]
        assert "&lt;script&gt;" in file.read_text()


def test_evidence_lies_beside_the_page_and_a_page_of_the_site_is_handed_on_as_text(reports, features):
    folder = reports / "local" / HELPS / runs(reports / "local" / "results.jsonl", feature(), fails="helps")
    folder.mkdir(parents=True)
    for name, text in {
        "edith.html": "<script>alert(3)</script>", "edith.url": "http://127.0.0.1:1/", "edith.png": "PNG",
        "zoë.png.txt": "not to be had: she left", "02-edith.png": "PNG", "console.log": "SEVERE oh",
        "site.log": "ERROR boom\n-- without a scenario, since this one began: --\nstarted",
    }.items():  # fmt: skip
        (folder / name).write_text(text)
    build(reports, features)
    soup = page(reports / f"site/local/{HELPS}.html")
    beside = reports / f"site/local/{HELPS}"
    assert {path.name for path in beside.iterdir()} >= {"edith-source.txt", "edith.png", "site.log"}
    assert not list(beside.glob("*.html"))
    assert [person.h3.text for person in soup.select(".person")] == ["Edith", "Zoë"]  # type: ignore[union-attr]
    assert says(soup, ".no-screen") == "No picture: not to be had: she left"
    assert says(soup, "#log ~ .log") == "ERROR boom"
    assert says(soup, "details .log") == "started"
    assert says(soup, ".screens figcaption") == "Edith"
    links = [str(link["href"]) for link in soup.select("main a, link[rel=stylesheet]")]
    assert links
    assert all((beside.parent / link).exists() for link in links), links


def test_a_page_says_how_to_see_it_again(reports, features):
    runs(reports / "local" / "results.jsonl", feature())
    runs(reports / "box" / "results.jsonl", feature(), sites=".box/sites.toml")
    build(reports, features)
    place = f'ARGS="{os.path.relpath(features)}/sharing.feature:18"'
    assert says(page(reports / f"site/local/{HELPS}.html"), ".command") == f"make features TARGET=local {place}"
    on_box = f"make features TARGET=box SITES=.box/sites.toml {place}"
    assert says(page(reports / f"site/box/{HELPS}.html"), ".command") == on_box


def test_the_log_of_a_failure_before_anybody_came_is_shown(reports, features):
    folder = reports / "local" / HELPS / runs(reports / "local" / "results.jsonl", feature(), fails="helps")
    folder.mkdir(parents=True)
    (folder / "site.log").write_text("\n".join(f"line {n}" for n in range(500)))
    build(reports, features)
    log = says(page(reports / f"site/local/{HELPS}.html"), "#log ~ .log")
    assert log.startswith("(100 lines before these are in the file) line 100")
