"""Named views on an experiment's page and in the API."""

from tests.pages import text_of

QUERY = "?search=objective+%3C+2.5&sort=objective&page=2&picked=1"
KEPT = "search=objective+%3C+2.5&sort=objective"


def test_a_view_is_saved_shown_and_deleted(client, searched):
    url = f"/experiments/{searched.experiment_id}"

    saved = client.post(
        f"{url}/views", data={"name": " <b>good</b> ", "query": QUERY}, follow_redirects=False
    )
    page = text_of(client.get(f"{url}?{KEPT}&page=1").text)
    deleted = client.post(f"{url}/views/1/delete", data={"query": QUERY}, follow_redirects=False)

    assert saved.headers["location"] == f"{url}?{KEPT}#trials"
    link = f'href="{url}?{KEPT.replace("&", "&amp;")}#trials" aria-current="true">'
    assert f"{link}&lt;b&gt;good&lt;/b&gt;</a>" in page
    assert f'formaction="{url}/views/1/delete"' in page
    assert f'name="query" value="{KEPT.replace("&", "&amp;")}"' in page
    assert deleted.headers["location"] == saved.headers["location"]
    assert "good&lt;" not in client.get(url).text
    assert client.post(f"{url}/views/1/delete").status_code == 404


def test_a_view_without_a_name_comes_back_with_its_reason(client, searched):
    url = f"/experiments/{searched.experiment_id}"

    nameless = client.post(f"{url}/views", data={"query": QUERY, "is_for_all": "true"})
    long = client.post(f"{url}/views", data={"name": "x" * 81, "query": "y" * 6001})

    assert nameless.status_code == 422
    assert 'id="name-error">This is needed.' in nameless.text
    assert 'value="true" checked' in nameless.text
    assert "objective+%3C+2.5" in nameless.text
    assert "This is longer than 80 characters." in long.text
    assert "This is longer than 6000 characters." in long.text
    assert client.post("/experiments/99/views", data={"name": "x"}).status_code == 404


def test_the_api_stores_lists_and_deletes_views(client, searched):
    url = f"/api/experiments/{searched.experiment_id}/views"

    made = client.post(url, json={"name": "all", "query": QUERY, "is_for_all": True})
    client.post(url, json={"name": "own", "query": ""})
    listed = client.get(url).json()

    assert made.status_code == 201
    assert made.json()["query"] == KEPT
    assert made.json()["experiment_id"] is None
    assert [view["name"] for view in listed["items"]] == ["own", "all"]
    assert client.delete(f"/api/views/{made.json()['id']}").status_code == 204
    assert client.delete(f"/api/views/{made.json()['id']}").status_code == 404
    assert client.get(url).json()["total"] == 1
    assert client.post(url, json={"name": ""}).status_code == 422
    assert client.get("/api/experiments/99/views").status_code == 404
