"""The message after an action is shown once, and nothing else can be put into it."""

from app.web.messages import COOKIE


def test_a_message_is_shown_on_the_next_page_and_not_again(client, database):
    added = client.post("/datasets/samples/elnino", follow_redirects=False)

    shown = client.get(added.headers["location"]).text
    again = client.get(added.headers["location"]).text

    assert '<div class="message" role="status">The sample series has been added.' in shown
    assert "has been added" not in again


def test_a_cookie_of_somebody_else_is_no_message(client, database):
    client.cookies.set(COOKIE, "<b>renamed</b>")

    page = client.get("/datasets").text

    assert 'class="message"' not in page
