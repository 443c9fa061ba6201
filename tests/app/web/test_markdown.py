"""Notes in Markdown: what becomes HTML, what is escaped, and how long a hostile text takes."""

import time

import pytest

from app.schemas import MAX_NOTES_CHARACTERS
from app.web.markdown import render_markdown


def test_markdown_becomes_html_below_the_headings_of_the_page():
    html = render_markdown("# Plan\n\n- **wide**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")

    assert "<h3>Plan</h3>" in html
    assert "<li><strong>wide</strong></li>" in html
    assert "<td>2</td>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "![x](https://elsewhere.example/pixel.png)",
        '[x](https://a.example/"onmouseover="alert(1))',
    ],
)
def test_no_note_brings_scripts_or_pictures(text):
    html = render_markdown(text)

    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert '"onmouseover' not in html


def test_a_link_tells_its_target_nothing():
    html = render_markdown("[paper](https://a.example/b?c=1&d=2)")

    assert 'href="https://a.example/b?c=1&amp;d=2" rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize("pump", ["[", "![", "*a_", "> ", "* a\n", "[](", "`", "|-"])
def test_the_longest_note_is_rendered_in_little_time(pump):
    text = (pump * MAX_NOTES_CHARACTERS)[:MAX_NOTES_CHARACTERS]
    start = time.process_time()

    render_markdown(text)

    assert time.process_time() - start < 3  # 0.3 s on an idle machine
