"""Pages as tests read them."""


def text_of(page: str) -> str:
    """The HTML with each run of blanks and line ends as one blank, as a browser shows it."""
    return " ".join(page.split())
