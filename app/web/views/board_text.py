"""Baselines in words: their settings, how a trial compares with the best one, and who wins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from app.db.models import Trial
from app.domain.baselines import name_naive
from app.domain.objectives import Yardstick
from app.domain.terms import Part
from app.domain.verdicts import MIN_Z, ForecastGain
from app.services.boards import BaselineView, BoardGain, BoardState, BoardView
from app.web.digits import write_numbers
from app.web.formats import percent, value

NAMES_IN_SENTENCES = {
    "seasonal_naive": "the seasonal naive forecast",
    "drift": "the drift forecast",
    "theta": "the Theta method",
    "ets": "exponential smoothing (ETS)",
    "arima": "an ARIMA model",
    "ridge": "a ridge regression",
}
LEARN_CHANGES = "let the networks learn changes: search target = difference or log_return."
USE_SEASONS = "give the networks the season: search season_lags, or windows of a whole season."
USE_LAGS_AND_CALENDAR = (
    "give the networks what it has: search season_lags and calendar, and longer windows."
)
SEARCH_LONGER = "search longer and wider, or use the baseline."
NEXT_STEPS = {
    "naive": LEARN_CHANGES,
    "drift": LEARN_CHANGES,
    "seasonal_naive": USE_SEASONS,
    "theta": USE_SEASONS,
    "ets": USE_SEASONS,
    "arima": USE_LAGS_AND_CALENDAR,
    "ridge": USE_LAGS_AND_CALENDAR,
}
SEASON_PARAMETERS = ("season_lags", "calendar")
MIN_RUN = 3  # neighbouring lags from which on only the first and the last are written
LARGEST_UNCLEAR_Z = 0.9  # as it is written
SETTING_LABELS = {
    "fourier_seasons": "Fourier terms of seasons",
    "pulls_to_naive": "pulled towards naive",
}
NO_SEASON = 1  # row
MAX_SETTING_LENGTH = 120
PENDING_TEXTS = {
    BoardState.WAITING: "The other baselines wait for a worker to compute them.",
    BoardState.COMPUTING: "The other baselines are being computed.",
}


@dataclass(frozen=True)
class BoardVerdict:
    """An experiment's best trial against the best baseline.

    winner: who wins, where that is a baseline or cannot be told, and what to do next; else "".
    tone: of the winner: "bad", or "warm" where the two cannot be told apart.
    gain: by how much, on each part, where that is known; else "".
    """

    winner: str
    next_step: str
    tone: str
    gain: str


def describe_board(board: BoardView | None) -> str:
    """That baselines are still being computed, or why they could not be; else ""."""
    if board is None:
        return ""
    if board.state == BoardState.FAILED:
        return f"The baselines could not be computed: {board.problem}"
    return PENDING_TEXTS.get(board.state, "")


def describe_gain(board_gain: BoardGain | None) -> str:
    """How a trial compares with the best baseline on each part; "" where that is not known."""
    if board_gain is None:
        return ""
    clauses = []
    for part, gain in board_gain.gains.items():
        if gain is not None and gain.gain is not None:
            clauses.append(_describe_part(part, gain))
    if not clauses:
        return ""
    name = name_in_sentence(board_gain.baseline)
    return f"Against the best baseline, {name}: {'; '.join(clauses)}."


def is_beaten(board_gain: BoardGain | None) -> bool:
    """Whether the best baseline is clearly better than a trial on validation."""
    if board_gain is None:
        return False
    gain = board_gain.gains.get(Part.VALIDATION)
    return gain is not None and gain.is_clear and gain.difference < 0


def summarise_gain(gain: ForecastGain | None) -> str | None:
    """A gain for a cell of a table: "+12.3 % (2.1 s. e.)"; None where it is not known."""
    if gain is None or gain.gain is None:
        return None
    sign = "+" if gain.gain > 0 else ""
    text = f"{sign}{percent(gain.gain)}"
    z = gain.z
    if z is None or not isfinite(z):
        return text
    return f"{text} ({_write_z(z)} s. e.)"


def describe_verdict(
    board: BoardView, best: Trial, board_gain: BoardGain | None, yardstick: Yardstick
) -> BoardVerdict | None:
    """The best trial of an experiment against its best baseline; None where there is none."""
    error = yardstick.of_part(best)
    if board.best is None or error is None:
        return None
    baseline = board.best
    gain = describe_gain(board_gain)
    baseline_error = yardstick.of_part(baseline)
    assert baseline_error is not None
    if error < baseline_error:
        return BoardVerdict("", "", "", gain)
    on_validation = board_gain.gains.get(Part.VALIDATION) if board_gain else None
    is_clear = on_validation is None or on_validation.z is None or on_validation.is_clear
    name = name_in_sentence(baseline)
    scores = write_numbers([baseline_error, error])
    if is_clear:
        winner = (
            f"{_capitalise(name)} is better than every network here: "
            f"validation {yardstick.name} {scores[0]} against {scores[1]}."
        )
        return BoardVerdict(winner, _find_next_step(baseline, best), "bad", gain)
    winner = (
        f"The best network cannot be told apart from {name}, which is simpler: "
        f"validation {yardstick.name} {scores[1]} against {scores[0]}."
    )
    return BoardVerdict(winner, _find_next_step(baseline, best), "warm", gain)


def name_in_sentence(baseline: BaselineView) -> str:
    """What a baseline is called within a sentence; another program's has its name in quotes."""
    if baseline.name == "naive":
        return name_naive()
    name = NAMES_IN_SENTENCES.get(baseline.name)
    if name is None:
        return f"“{baseline.title}”"
    return name


def describe_settings(settings: Mapping[str, object]) -> str:
    """What a baseline chose on the validation part, in short words."""
    described = {**settings}
    model = described.pop("model", None)
    described.pop("fitted", None)
    words = []
    if isinstance(model, Mapping):
        words += _describe_ridge(model)
    elif model is not None:
        words.append(_describe_setting(model))
    season = described.pop("season", NO_SEASON)
    if season != NO_SEASON:
        words.append(f"season of {season} rows")
    for name, setting in described.items():
        label = SETTING_LABELS.get(name) or name.replace("_", " ")
        text = _describe_setting(setting)
        if setting is True:
            words.append(label)
        elif text:
            words.append(f"{label} {text}")
    return "; ".join(words)


def list_lags(lags: Sequence[int]) -> str:
    """Ascending lags with runs as ranges: "1 to 12, 24"."""
    runs: list[list[int]] = []
    for lag in lags:
        if runs and lag == runs[-1][-1] + 1:
            runs[-1].append(lag)
        else:
            runs.append([lag])
    texts = []
    for run in runs:
        if len(run) >= MIN_RUN:
            texts.append(f"{run[0]} to {run[-1]}")
        else:
            texts += [str(lag) for lag in run]
    return ", ".join(texts)


def _describe_part(part: Part, gain: ForecastGain) -> str:
    assert gain.gain is not None
    direction = "better" if gain.gain >= 0 else "worse"
    amount = f"{direction} by {percent(abs(gain.gain))}"
    z = gain.z
    if z is None:
        return f"{amount} on {part.value} (too few rows for a standard error)"
    if not isfinite(z):
        return f"{amount} on {part.value}"
    errors = f"{_write_z(z)} standard errors"
    if gain.is_clear:
        return f"{amount} on {part.value} ({errors})"
    return f"cannot be told apart from it on {part.value} ({amount}, {errors})"


def _write_z(z: float) -> str:
    """To one decimal, but what is below one standard error is never written as one."""
    size = abs(z)
    if size < MIN_Z:
        size = min(size, LARGEST_UNCLEAR_Z)
    return f"{size:.1f}"


def _find_next_step(baseline: BaselineView, best: Trial) -> str:
    step = NEXT_STEPS.get(baseline.name, SEARCH_LONGER)
    has_season = any(best.parameters.get(name, "none") != "none" for name in SEASON_PARAMETERS)
    has_changes = best.parameters.get("target", "level") != "level"
    if step == LEARN_CHANGES and has_changes:
        step = SEARCH_LONGER
    if step in (USE_SEASONS, USE_LAGS_AND_CALENDAR) and has_season:
        step = SEARCH_LONGER
    return f"Next: {step}"


def _describe_ridge(model: Mapping[str, object]) -> list[str]:
    words = []
    lags = model.get("lags")
    if isinstance(lags, list) and lags:
        words.append(f"lags {list_lags(lags)}")
    cycles = model.get("cycles")
    if isinstance(cycles, list) and cycles:
        words.append(f"calendar: {', '.join(map(str, cycles))}")
    if model.get("is_logarithmic"):
        words.append("of logarithms")
    return words


def _describe_setting(setting: object) -> str:
    if isinstance(setting, bool):
        return ""
    if isinstance(setting, list):
        return ", ".join(value(item) for item in setting)
    if isinstance(setting, str | int | float):
        return value(setting)[:MAX_SETTING_LENGTH]
    return ""


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
