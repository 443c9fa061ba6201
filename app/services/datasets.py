"""Datasets: make one from a CSV, list them, read their series."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Dataset, Experiment
from app.domain.csv_reading.series import Series, SeriesError
from app.domain.seasons import SeasonLengths, detect_season_lengths
from app.errors import Conflict, FieldProblem, Invalid, NotFound, OfferedValue
from app.queue.readability import find_dataset_damage
from app.queue.row_checks import find_row_damage
from app.samples import Sample
from app.services.csv_corrections import describe_corrections, read_corrections
from app.services.csv_fields import Texts, as_texts, read_answers
from app.services.every_series import prepare_each
from app.services.file_reader import FileReader
from app.services.paging import Page, paged
from app.services.preparation import PreparedDataset
from app.services.rows import find_row

MAX_DATASET_NAME_LENGTH = 200
MAX_FILENAME_LENGTH = 255
MAX_DATE_NAME_LENGTH = 200
MAX_CACHED_SERIES = 8

_SERIES: Cache[str, Series] = Cache(MAX_CACHED_SERIES)  # by fingerprint, which names the content


def create(
    session: Session,
    *,
    name: str,
    filename: str,
    content: bytes,
    prepared: PreparedDataset,
    corrections: Texts | None = None,
) -> Dataset:
    """Store a CSV and the series that was made of it.

    corrections: what was said of the file, for the next ones like it.
    """
    dialect = prepared.dialect
    kept_corrections = describe_corrections(corrections or {}, prepared.shape)
    dataset = Dataset(
        name=_choose_name(name, filename),
        filename=clean(filename, MAX_FILENAME_LENGTH),
        size=len(content),
        source=content,
        dialect={**dialect.document(), "columns": prepared.columns, **kept_corrections},
        notes=prepared.notes,
        series=prepared.series,
        fingerprint=prepared.fingerprint,
        rows=prepared.rows,
        date_column=dialect.date_name[:MAX_DATE_NAME_LENGTH] or None,
        target=prepared.target,
        features=list(prepared.features),
        first_at=prepared.first_at,
        last_at=prepared.last_at,
        known_ahead=list(prepared.known_ahead),
        season_lengths=list(_detect_seasons(prepared.series)),
    )
    session.add(dataset)
    session.flush()
    return dataset


def _detect_seasons(content: bytes) -> SeasonLengths:
    """The season lengths of a series as it is stored."""
    stored = Series.from_bytes(content)
    return detect_season_lengths(stored.dates, stored.target_values)


def _choose_name(name: str, filename: str) -> str:
    """The name that was given, or the file's."""
    candidates = (clean(name, MAX_DATASET_NAME_LENGTH), clean(filename, MAX_DATASET_NAME_LENGTH))
    return next(filter(None, candidates), "Dataset")


def create_all(
    session: Session,
    *,
    name: str,
    filename: str,
    content: bytes,
    prepared: Sequence[PreparedDataset],
    corrections: Texts | None = None,
) -> list[Dataset]:
    """Store a dataset for each series that was made of a CSV, with the lines of that series."""
    created = []
    for one_series in prepared:
        full_name = name
        if one_series.series_name:
            full_name = f"{one_series.series_name}, {name}"
        dataset = create(
            session,
            name=full_name,
            filename=filename,
            content=one_series.source or content,
            prepared=one_series,
            corrections=corrections,
        )
        created.append(dataset)
    return created


def create_from_csv(
    session: Session,
    *,
    name: str,
    filename: str,
    content: bytes,
    file_reader: FileReader | None = None,
    like: int | None = None,
    **fields: str | Sequence[str] | None,
) -> Dataset:
    """The same for a program: what it does not say of the CSV is detected. Raises Invalid.

    `file_reader`: without one the file is read here, however large it is. `like`: a dataset whose
    corrections are taken where the fields say nothing else. `fields`: see app.services.csv_fields.
    Returns the first dataset where every series of the file becomes one.
    """
    return create_each_from_csv(
        session,
        name=name,
        filename=filename,
        content=content,
        file_reader=file_reader,
        like=like,
        **fields,
    )[0]


def create_each_from_csv(
    session: Session,
    *,
    name: str,
    filename: str,
    content: bytes,
    file_reader: FileReader | None = None,
    like: int | None = None,
    **fields: str | Sequence[str] | None,
) -> list[Dataset]:
    """The datasets of a CSV: one, or one for each of its series where the key asks for all."""
    texts: dict[str, list[str]] = as_texts(fields)
    if like is not None:
        texts = {**_corrections_of(session, like), **texts}
    answers = read_answers(texts)
    try:
        if answers.problems:
            raise SeriesError(answers.problems)
        arguments = (content, answers.settled, answers.cleaning)
        if file_reader is None:
            prepared = prepare_each(*arguments)
        else:
            prepared = file_reader.read(prepare_each, *arguments)
    except SeriesError as error:
        raise to_invalid(error) from None
    return create_all(
        session,
        name=name,
        filename=filename,
        content=content,
        prepared=prepared,
        corrections=texts,
    )


def _corrections_of(session: Session, dataset_id: int) -> dict[str, list[str]]:
    """The corrections of a dataset that is named as an example. Raises Invalid."""
    try:
        dataset = get(session, dataset_id)
    except NotFound as error:
        raise Invalid([FieldProblem(("like",), str(error))]) from None
    return read_corrections(dataset)


def get(session: Session, dataset_id: int) -> Dataset:
    """One dataset. Raises NotFound."""
    dataset = find_row(session, Dataset, dataset_id)
    if dataset is None or dataset.deleted_at is not None:
        raise NotFound(f"Dataset {dataset_id} not found.")
    return dataset


def listing(session: Session, page: int = 1, size: int = 50) -> Page[Dataset]:
    """Datasets, newest first."""
    is_shown = Dataset.deleted_at.is_(None)
    newest_first = select(Dataset).where(is_shown).order_by(Dataset.id.desc())
    return paged(session, newest_first, page, size)


def find_damages(listed: Iterable[Dataset]) -> dict[int, str]:
    """Why rows of these datasets cannot be read, by dataset id; the series are not looked at."""
    damages = {}
    for dataset in listed:
        damage = find_row_damage([dataset])
        if damage is not None:
            damages[dataset.id] = damage
    return damages


def usable(session: Session, size: int) -> list[Dataset]:
    """The newest datasets without those that cannot be read; the first one is read as a whole."""
    readable: list[Dataset] = []
    listed = listing(session, size=size).items
    damages = find_damages(listed)
    for dataset in listed:
        if dataset.id in damages:
            continue
        if not readable and find_dataset_damage(session, dataset) is not None:
            continue
        readable.append(dataset)
    return readable


def experiments_of(session: Session, dataset: Dataset) -> list[Experiment]:
    """The experiments on a dataset, newest first."""
    is_shown = Experiment.deleted_at.is_(None)
    is_on_it = Experiment.dataset_id == dataset.id
    query = select(Experiment).where(is_on_it, is_shown).order_by(Experiment.id.desc())
    return list(session.scalars(query))


def refuse_if_used(session: Session, dataset: Dataset) -> None:
    """Raises Conflict where an experiment uses a dataset."""
    n_experiments = len(experiments_of(session, dataset))
    if n_experiments:
        users = "experiments use"
        if n_experiments == 1:
            users = "experiment uses"
        raise Conflict(f"{n_experiments} {users} this dataset: delete them first.")


def series(session: Session, dataset: Dataset) -> Series:
    """The series of a dataset. The latest ones that were read stay in memory."""

    def load_series() -> Series:
        query = select(Dataset.series).where(Dataset.id == dataset.id)
        content = session.scalars(query).one()
        return Series.from_bytes(content)

    return _SERIES.get_or_make(dataset.fingerprint, load_series)


def add_sample(session: Session, sample: Sample) -> Dataset:
    """The dataset of a sample; stored only once."""
    is_shown = Dataset.deleted_at.is_(None)
    query = select(Dataset).where(Dataset.name == sample.title, is_shown).limit(1)
    stored = session.scalar(query)
    if stored is not None:
        return stored
    return create_from_csv(
        session,
        name=sample.title,
        filename=sample.filename,
        content=sample.path.read_bytes(),
    )


def clean(text: str, length: int) -> str:
    """A name of limited length, on one line, without control characters."""
    printable = "".join(filter(str.isprintable, text))
    encodable = printable.encode("utf-8", "ignore").decode()
    words = encodable.split()
    one_line = " ".join(words)
    return one_line[:length]


def to_invalid(error: SeriesError) -> Invalid:
    """The domain's error as a service's."""
    problems = []
    for problem in error.problems:
        choices = tuple(OfferedValue(choice.value, choice.label) for choice in problem.choices)
        problems.append(FieldProblem((problem.field,), problem.message, choices))
    return Invalid(problems)
