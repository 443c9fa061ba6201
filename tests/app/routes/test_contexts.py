"""The context of each page, compared with what its template names."""

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from app.web.templating import BannerContext, make_templates

ENVIRONMENT = make_templates().env
FOLDER = Path("templates")
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
GIVEN_TO_EVERY_PAGE = {
    "request",
    "version",
    "settings",
    *(field.name for field in fields(BannerContext)),
}


def source(template: str) -> str:
    return (FOLDER / template).read_text()


def undeclared_names(tree: nodes.Template) -> set[str]:
    """What a template itself takes from its context."""
    return meta.find_undeclared_variables(tree) - set(ENVIRONMENT.globals) - own_names(tree)


def own_names(tree: nodes.Template) -> set[str]:
    """What a template has by itself, and gives to those it includes: variables and macros."""
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    names |= {macro.name for macro in tree.find_all(nodes.Macro)}
    for node in tree.find_all(nodes.FromImport):
        names |= set(node.names)
    return names


def names_used(template: str) -> set[str]:
    """What a template takes from its context, with all that it extends or includes."""
    tree = ENVIRONMENT.parse(source(template))
    names = undeclared_names(tree)
    for node in tree.find_all((nodes.Extends, nodes.Include)):
        for other in templates_meant(node.template):
            names |= names_used(other) - own_names(tree)
    return names - GIVEN_TO_EVERY_PAGE


def templates_meant(expression: nodes.Expr) -> list[str]:
    """The template that is named, or all that begin as it does where it is chosen by a variable."""
    if isinstance(expression, nodes.Const):
        return [expression.value]
    start = next(expression.find_all(nodes.Const)).value
    return [template for template in TEMPLATES if template.startswith(start)]


def context_named_in(template: str) -> str | None:
    named = re.search(r"\{#.*?Context: ([\w.]+\w)\. #\}", source(template), re.DOTALL)
    return named[1] if named else None


def templates_by_context() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for template in TEMPLATES:
        context = context_named_in(template)
        if context:
            found.setdefault(context, []).append(template)
    return found


def test_every_page_declares_its_context():
    undeclared = {
        template
        for template in TEMPLATES
        if "extends" in source(template) and not context_named_in(template)
    }

    assert undeclared == set()


@pytest.mark.parametrize(("context", "templates"), templates_by_context().items())
def test_a_context_declares_exactly_what_its_templates_name(context, templates):
    module, _, name = context.rpartition(".")
    declared = {field.name for field in fields(getattr(import_module(module), name))}

    used = set().union(*map(names_used, templates))

    assert used == declared


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_says_at_its_top_what_it_uses(template):
    if context_named_in(template):
        return
    header = source(template).partition("#}")[0]
    said = re.sub(r"\([^)]*\)", "", header.partition("Uses: ")[2])

    used = undeclared_names(ENVIRONMENT.parse(source(template)))
    if "extends" in source(template):
        used = names_used(template)

    assert set(re.findall(r"\w+", said)) == used
