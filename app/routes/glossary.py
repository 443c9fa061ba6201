"""The glossary: /glossary."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.web.help import GLOSSARY, Term
from app.web.templating import render

router = APIRouter()


@dataclass(frozen=True)
class GlossaryContext:
    """All words, in an order in which each is explained by those before it."""

    terms: Sequence[Term]


@router.get("/glossary")
def show_glossary(request: Request) -> HTMLResponse:
    """The words of the pages."""
    return render(request, "glossary.html", GlossaryContext(GLOSSARY))
