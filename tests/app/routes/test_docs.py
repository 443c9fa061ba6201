"""The API's page: every endpoint, inside the frame of all pages, without scripts of others."""

import re


def test_every_endpoint_is_on_the_page_with_a_command_to_send_it(client):
    page = client.get("/docs").text
    paths = client.get("/openapi.json").json()["paths"]

    for path in paths:
        assert f"<code>{path}</code>" in page
    assert page.count("<h3>With curl</h3>") == sum(map(len, paths.values()))
    assert "curl -X POST http" in page
    assert 'href="/docs" aria-current="true"' in page
    assert set(re.findall(r'src="([^"?]+)', page)) == {
        "/static/favicon.svg",
        "/static/forms.js",
        "/static/shortcuts.js",
        "/static/theme.js",
        "/static/times.js",
        "/static/docs.js",
    }


def test_no_link_inside_the_page_leads_nowhere(client):
    page = client.get("/docs").text

    anchors = set(re.findall(r'href="#([^"]+)"', page))

    assert anchors <= set(re.findall(r'id="([^"]+)"', page))
    assert len(re.findall(r'id="([^"]+)"', page)) == len(set(re.findall(r'id="([^"]+)"', page)))
