"""The command import-csv: a CSV becomes a dataset, with the fields that form and API have."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from app.commands.terminal import DataOption, console, prepare_database, read_settings
from app.db.engine import Database
from app.domain.texts import make_printable

if TYPE_CHECKING:
    from app.errors import FieldProblem, Invalid

MAX_SHOWN_CHOICES = 20

CsvArgument = Annotated[
    Path, typer.Argument(help="The CSV.", exists=True, dir_okay=False, readable=True)
]
NameOption = Annotated[str | None, typer.Option(help="Name of the dataset; by default the file's.")]
LikeOption = Annotated[
    int | None, typer.Option(help="A dataset whose corrections are taken.", min=1)
]


Text = str | None
Texts = list[str] | None
REPEATED = "may be given several times"
SeparatorOption = Annotated[Text, typer.Option(help="Between cells: comma, semicolon, tab or bar.")]
DecimalOption = Annotated[Text, typer.Option(help="Sign before the decimals: point or comma.")]
ThousandsOption = Annotated[
    Text, typer.Option(help="Between thousands: none, comma, point, space or apostrophe.")
]
EncodingOption = Annotated[
    Text, typer.Option(help="Encoding of the text, such as utf-8 or cp1252.")
]
HeaderOption = Annotated[
    Text, typer.Option(help="Whether a line names the columns: true or false.")
]
DateOption = Annotated[
    Texts, typer.Option(help=f"Date column; none to number the rows; {REPEATED}.")
]
DateFormatOption = Annotated[Text, typer.Option(help="How dates are written, such as %d/%m/%Y.")]
KeyColumnsOption = Annotated[
    Texts, typer.Option(help=f"Column that names the series, in a file with several; {REPEATED}.")
]
KeyOption = Annotated[
    Texts, typer.Option(help=f"The series to take, in a file with several; {REPEATED}.")
]
TransposedOption = Annotated[
    Text,
    typer.Option(help="Whether each line is a series and the header has the dates: true or false."),
]
MissingNumbersOption = Annotated[
    Texts, typer.Option(help=f"Number that stands for a missing value, such as -999; {REPEATED}.")
]
TargetOption = Annotated[Text, typer.Option(help="Column to forecast; by default the likeliest.")]
FeaturesOption = Annotated[
    Texts, typer.Option(help=f"Column the network reads; by default all that vary; {REPEATED}.")
]
KnownAheadOption = Annotated[
    Texts,
    typer.Option(help=f"Feature known for the rows to forecast, or none; {REPEATED}."),
]
MissingOption = Annotated[
    Text, typer.Option(help="Rows with missing values: refuse, drop, fill, interpolate or bound.")
]
DuplicatesOption = Annotated[Text, typer.Option(help="Repeated dates: refuse, first or last.")]
ConstantOption = Annotated[Text, typer.Option(help="Columns that never change: drop or keep.")]


def import_csv(
    context: typer.Context,
    file: CsvArgument,
    name: NameOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    thousands: ThousandsOption = None,
    encoding: EncodingOption = None,
    has_header: HeaderOption = None,
    date: DateOption = None,
    date_format: DateFormatOption = None,
    key_columns: KeyColumnsOption = None,
    key: KeyOption = None,
    is_transposed: TransposedOption = None,
    missing_numbers: MissingNumbersOption = None,
    target: TargetOption = None,
    features: FeaturesOption = None,
    known_ahead: KnownAheadOption = None,
    missing: MissingOption = None,
    duplicates: DuplicatesOption = None,
    constant: ConstantOption = None,
    like: LikeOption = None,
    data: DataOption = None,
) -> None:
    """Save a CSV as a dataset."""
    from app.errors import Invalid
    from app.services.csv_fields import FIELDS

    fields = {field: context.params[field] for field in FIELDS}
    settings = read_settings(data=data)
    prepare_database(settings)
    try:
        with Database(settings.url).write() as session:
            lines = _create(session, file, name=name or file.stem, like=like, **fields)
    except Invalid as error:
        _print_problems(error)
        raise typer.Exit(1) from None
    console.print(*lines, sep="\n", markup=False, highlight=False)


def _create(session: Any, file: Path, **options: Any) -> list[str]:
    """Create the datasets, and say in lines what was made."""
    from app.services import datasets

    content = file.read_bytes()
    created = datasets.create_each_from_csv(session, filename=file.name, content=content, **options)
    lines = []
    for dataset in created:
        lines.append(f"Dataset {dataset.id}: {dataset.rows:,} rows, target {dataset.target}.")
        lines += [str(note) for note in dataset.notes]
    return lines


def _print_problems(error: "Invalid") -> None:
    """Each problem, and below it the options that would settle it."""
    for problem in error.problems:
        field = str(problem.loc[0])
        console.print(f"[red]{field}[/red]: {escape(problem.message)}", highlight=False)
        _print_choices(field, problem)


def _print_choices(field: str, problem: "FieldProblem") -> None:
    option = field.replace("_", "-")
    for choice in problem.offered[:MAX_SHOWN_CHOICES]:
        value = choice.value.replace("\t", "tab")
        line = f'  --{option} "{value}"'
        if choice.label != value:
            line += f"  {choice.label}"
        console.print(make_printable(line), markup=False, highlight=False)
    more = len(problem.offered) - MAX_SHOWN_CHOICES
    if more > 0:
        console.print(f"  and {more} more", highlight=False)
