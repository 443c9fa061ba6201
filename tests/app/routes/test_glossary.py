"""The glossary, and the way to it."""

from app.web.help import GLOSSARY


def test_the_glossary_explains_each_word_at_its_own_anchor(client):
    page = client.get("/glossary").text
    other_page = client.get("/datasets").text

    assert 'id="naive-last-value"' in page
    assert "In daily data: tomorrow = today." in page
    assert [term.anchor for term in GLOSSARY if f'id="{term.anchor}"' not in page] == []
    assert '<a href="/glossary">Glossary</a>' in other_page
