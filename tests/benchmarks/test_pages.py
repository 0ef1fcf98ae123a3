from acceptance.report import pages as report_pages
from benchmarks import report_build_time as pages


def test_the_pages_that_are_measured_are_made(monkeypatch):
    made = []

    def build(*given):
        made.append(len([*report_pages.build(*given).parent.rglob("*.html")]))

    monkeypatch.setattr(pages, "FEATURES", 2)
    monkeypatch.setattr(pages, "REPEATED", 1)
    monkeypatch.setattr(pages, "build", build)
    assert pages.pages_s() > 0
    assert made == [1 + 2 * pages.SCENARIOS * len(pages.TARGETS)]
