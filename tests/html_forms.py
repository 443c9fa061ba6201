"""The fields of a form in a page, with the values they come with."""

from html.parser import HTMLParser


class _FieldReader(HTMLParser):
    """Collects the fields of the form with one id."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.fields: dict[str, str] = {}
        self.is_inside = False
        self.select_name = ""
        self.text_name = ""
        self.is_option_text_wanted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_inside = values.get("id") == self.form_id
        if not self.is_inside:
            return
        if tag == "input":
            self._read_input(values, is_checked="checked" in values)
        elif tag == "select":
            self.select_name = values.get("name", "")
        elif (
            tag == "option"
            and self.select_name
            and ("selected" in values or self.select_name not in self.fields)
        ):
            self.fields[self.select_name] = values.get("value", "")
            self.is_option_text_wanted = "value" not in values
        elif tag == "textarea":
            self.text_name = values["name"]
            self.fields[self.text_name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.text_name = ""

    def handle_data(self, data: str) -> None:
        if self.text_name:
            self.fields[self.text_name] += data
        elif self.is_option_text_wanted:
            self.fields[self.select_name] = data.strip()
            self.is_option_text_wanted = False

    def _read_input(self, values: dict[str, str], *, is_checked: bool) -> None:
        is_choice = values.get("type") in ("radio", "checkbox")
        if "name" in values and (is_checked or not is_choice):
            self.fields[values["name"]] = values.get("value", "")


def fields_of(page: str, form_id: str = "experiment-form") -> dict[str, str]:
    """What a browser would send of this form as it comes, but for its buttons."""
    reader = _FieldReader(form_id)
    reader.feed(page)
    return reader.fields
