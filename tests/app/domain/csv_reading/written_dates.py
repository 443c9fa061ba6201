"""Ways to write dates, as exporters and people do: each with the moments it writes.

They were collected from what statistics offices, brokers, loggers, data bases and spreadsheets of
many countries put into their files.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

Writer = Callable[[datetime], str]

DAYS = [datetime(2020, 11, 20) + timedelta(days=day) for day in range(120)]
HOURS = [datetime(2020, 12, 28) + timedelta(hours=hour) for hour in range(120)]
MINUTES = [datetime(2021, 1, 29, 22) + timedelta(minutes=15 * step) for step in range(150)]
SECONDS = [
    datetime(2021, 1, 31, 23, 59) + timedelta(milliseconds=250 * step) for step in range(500)
]
MONTHS = [datetime(2008 + month // 12, month % 12 + 1, 1) for month in range(60)]
OLD_MONTHS = [datetime(1958 + month // 12, month % 12 + 1, 1) for month in range(600)]
QUARTERS = [datetime(1995 + quarter // 4, 3 * (quarter % 4) + 1, 1) for quarter in range(60)]
HALVES = [datetime(1990 + half // 2, 6 * (half % 2) + 1, 1) for half in range(60)]
WEEKS = [datetime(2019, 12, 2) + timedelta(weeks=week) for week in range(120)]
YEARS = [datetime(1950 + year, 1, 1) for year in range(60)]
NAMES = {
    "German": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "French": "janvier février mars avril mai juin juillet août septembre octobre novembre "
    "décembre",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
    "novembre dicembre",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "Dutch": "januari februari maart april mei juni juli augustus september oktober november "
    "december",
    "Polish": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia",
    "Swedish": "januari februari mars april maj juni juli augusti september oktober november "
    "december",
    "Danish": "januar februar marts april maj juni juli august september oktober november december",
    "Norwegian": "januar februar mars april mai juni juli august september oktober november "
    "desember",
    "Finnish": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta "
    "elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    "Czech": "ledna února března dubna května června července srpna září října listopadu prosince",
    "Russian": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "Turkish": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "Greek": "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου "
    "Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
    "Hungarian": "január február március április május június július augusztus szeptember október "
    "november december",
    "Romanian": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie "
    "noiembrie decembrie",
    "Ukrainian": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада "
    "грудня",
    "German, short": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sep. Okt. Nov. Dez.",
    "German, of Excel": "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "French, short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "Spanish, short": "ene feb mar abr may jun jul ago sept oct nov dic",
    "Italian, short": "gen feb mar apr mag giu lug ago set ott nov dic",
    "Portuguese, short": "jan fev mar abr mai jun jul ago set out nov dez",
    "Dutch, short": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "Polish, short": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "Turkish, short": "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
    "Russian, short": "янв фев мар апр май июн июл авг сен окт ноя дек",
    "Greek, short": "Ιαν Φεβ Μαρ Απρ Μαΐ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ",
    "English, capitals": "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC",
    "English, points": "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec.",
}
DAY_WRITERS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y",
    "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y-%m-%d", "%y%m%d", "%d %b %Y", "%d-%b-%Y",
    "%d-%b-%y", "%d%b%Y", "%d/%b/%Y", "%b %d, %Y", "%B %d, %Y", "%Y %b %d", "%Y-%b-%d",
    "%a %b %d %Y", "%a, %d %b %Y", "%A, %B %d, %Y", "%Y-%j", "%Y%j", "%Y- %m- %d", "%d. %m. %Y",
    "%Y年%m月%d日", "%Y년 %m월 %d일", "%Y. %m. %d.", "%d.%m.%Y.", "%Y-%m-%dT00:00:00",
    "%Y-%m-%d 00:00:00", "%Y-%m-%d 00:00:00+01:00", "%Y-%m-%d 00:00:00 UTC", "%Y%m%d 00:00:00",
    "%d.%m.%Y 00:00", "%m/%d/%Y 12:00:00 AM", "%A %d.%m.%Y", "(%d/%m/%Y)"[1:-1], "%d %B, %Y",
    "%Y,%m,%d", "%d_%m_%Y", "%Y_%m_%d", "%G-W%V-%u", "%Y-%m-%dZ", "%d %b, %y",
)  # fmt: skip
HOUR_WRITERS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S+00:00",
    "%Y-%m-%d %H:%M:%S+00", "%Y-%m-%d %H:%M:%S +0000", "%Y-%m-%d %H:%M:%S UTC", "%Y/%m/%d %H:%M",
    "%Y.%m.%d %H:%M", "%Y.%m.%d %H:%M:%S", "%Y%m%d %H:%M", "%Y%m%d %H%M%S", "%Y%m%d%H",
    "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%dT%H%M%SZ", "%Y%m%d_%H%M%S", "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H.%M", "%d.%m.%Y, %H:%M", "%d.%m.%Y %H:%M Uhr",
    "%d.%m.%y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%y %I:%M%p", "%d-%b-%Y %H:%M:%S",
    "%d-%b-%y %I.%M.%S.000000 %p", "%d/%b/%Y:%H:%M:%S +0000", "%a %b %d %H:%M:%S %Y",
    "%a, %d %b %Y %H:%M:%S GMT", "%a %b %d %H:%M:%S +0000 %Y", "%H:%M %d.%m.%Y",
    "%Y-%m-%d_%H-%M-%S", "%Y:%m:%d %H:%M:%S", "%Y-%m-%d %H", "%Y-%j %H:%M", "%d %b %Y %H:%M",
    "%b %d, %Y %I:%M %p", "%Y年%m月%d日 %H時%M分", "%Y-%m-%d %H:%M:%S.000", "%Y-%m-%d %H:%M:%S,000",
    "%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)", "%d.%m.%Y %H:%M:%S.%f",
    "%Y-%m-%d at %H:%M", "%d/%m/%Y %H.%M.%S", "%d/%m/%Y %Hh%M", "%m-%d-%Y %H:%M",
    "%d.%m.%Y - %H:%M",
    "%Y-%m-%dT%H:%M:%S.0000000Z", "%Y-%m-%dT%H:%M:%S.000000000Z", "%b %d %Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S.%f %p", "%Y-%m-%d %H:%M:%S GMT", "%Y-%m-%dT%H%M%S", "%Y%m%d-%H:%M:%S",
)  # fmt: skip
MONTH_WRITERS = (
    "%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%Y.%m", "%Y%m", "%YM%m", "%Y-M%m", "%Y:%m", "%b %Y",
    "%B %Y", "%b-%Y", "%Y %b", "%Y-%b", "%b. %Y", "%b/%y", "%b-%y", "%y-%b", "%Y年%m月",
    "%Y년 %m월", "%m-%Y", "M%m/%Y", "%Y %B", "%b'%y",
)  # fmt: skip


def strftime(pattern: str) -> Writer:
    return lambda moment: moment.strftime(pattern)


def without_zeros(pattern: str) -> Writer:
    """As strftime, but 4.1.2021 for 04.01.2021."""
    no_zeros = pattern.replace("%d", "{0.day}").replace("%m", "{0.month}").replace("%H", "{0.hour}")
    return lambda moment: moment.strftime(
        no_zeros.replace("{0.day}", str(moment.day))
        .replace("{0.month}", str(moment.month))
        .replace("{0.hour}", str(moment.hour))
    )


def named_months(names: str, pattern: str) -> Writer:
    months = names.split()
    return lambda moment: pattern.format(moment, month=months[moment.month - 1])


def quarter(moment: datetime) -> int:
    return (moment.month + 2) // 3


def since(start: datetime, per_second: float) -> Writer:
    return lambda moment: f"{round((moment - start).total_seconds() * per_second)}"


def excel(moment: datetime) -> str:
    days = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    return f"{days:.10f}".rstrip("0").rstrip(".")


def decimal_year(moment: datetime) -> str:
    start = datetime(moment.year, 1, 1)
    length = datetime(moment.year + 1, 1, 1) - start
    return f"{moment.year + (moment - start) / length:.9f}"


def with_ordinal(moment: datetime) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(moment.day % 10, "th")
    if moment.day in (11, 12, 13):
        ending = "th"
    return f"{moment:%B} {moment.day}{ending}, {moment:%Y}"


def hour_ending(moment: datetime) -> str:
    """Midnight as 24:00 of the day before."""
    if moment.hour or moment.minute:
        return f"{moment:%m/%d/%Y %H:%M}"
    return f"{moment - timedelta(days=1):%m/%d/%Y} 24:00"


def fraction_omitted(moment: datetime) -> str:
    """As Go and JavaScript write: without a fraction that is zero."""
    text = moment.isoformat(sep="T")
    return text.rstrip("0") + "Z" if "." in text else text + "Z"


def wide(moment: datetime) -> str:
    return f"{moment:%Y/%m/%d}".translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})


PORTUGUESE_WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
EPOCH = datetime(1970, 1, 1)
MIXED: dict[str, tuple[list[datetime], Writer]] = {
    "seconds since 1970": (MINUTES, since(EPOCH, 1)),
    "milliseconds since 1970": (MINUTES, since(EPOCH, 1e3)),
    "microseconds since 1970": (MINUTES, since(EPOCH, 1e6)),
    "nanoseconds since 1970": (MINUTES, lambda moment: since(EPOCH, 1)(moment) + "000000000"),
    "seconds since 1970 with decimals": (
        SECONDS,
        lambda moment: f"{(moment - EPOCH).total_seconds()}",
    ),
    "milliseconds, step of a quarter second": (SECONDS, since(EPOCH, 1e3)),
    "Excel days": (DAYS, excel),
    "Excel days with fractions": (MINUTES, excel),
    "decimal years": (MONTHS, decimal_year),
    "years": (YEARS, strftime("%Y")),
    "quarter, Eurostat": (QUARTERS, lambda moment: f"{moment.year}-Q{quarter(moment)}"),
    "quarter first": (QUARTERS, lambda moment: f"Q{quarter(moment)} {moment.year}"),
    "quarter, FRED": (QUARTERS, lambda moment: f"{moment.year}Q{quarter(moment)}"),
    "quarter, German": (QUARTERS, lambda moment: f"{quarter(moment)}. Quartal {moment.year}"),
    "quarter, gretl": (QUARTERS, lambda moment: f"{moment.year}:{quarter(moment)}"),
    "quarter, French": (QUARTERS, lambda moment: f"T{quarter(moment)} {moment.year}"),
    "quarter, INSEE": (QUARTERS, lambda moment: f"{moment.year}-T{quarter(moment)}"),
    "quarter, Swedish": (QUARTERS, lambda moment: f"{moment.year}K{quarter(moment)}"),
    "quarter, number first": (QUARTERS, lambda moment: f"{quarter(moment)}Q{moment:%y}"),
    "quarter, slash": (QUARTERS, lambda moment: f"{quarter(moment)}Q/{moment.year}"),
    "quarter, ONS": (QUARTERS, lambda moment: f"{moment.year} Q{quarter(moment)}"),
    "quarter, Japanese": (QUARTERS, lambda moment: f"{moment.year}年第{quarter(moment)}四半期"),
    "quarter, Korean": (QUARTERS, lambda moment: f"{moment.year}년 {quarter(moment)}분기"),
    "quarter, Spanish": (QUARTERS, lambda moment: f"{moment.year} {quarter(moment)}T"),
    "half-year, Eurostat": (HALVES, lambda moment: f"{moment.year}-S{moment.month // 6 + 1}"),
    "half-year first": (HALVES, lambda moment: f"H{moment.month // 6 + 1} {moment.year}"),
    "half-year, German": (
        HALVES,
        lambda moment: f"{moment.month // 6 + 1}. Halbjahr {moment.year}",
    ),
    "ISO week": (WEEKS, strftime("%G-W%V")),
    "ISO week, short": (WEEKS, strftime("%GW%V")),
    "week, German": (WEEKS, strftime("KW %V/%G")),
    "week, Danish": (WEEKS, strftime("%GU%V")),
    "week, Swedish": (WEEKS, strftime("%GV%V")),
    "week, words": (WEEKS, strftime("Week %V %G")),
    "two-digit years since 1958": (OLD_MONTHS, strftime("%b-%y")),
    "ordinals": (DAYS, with_ordinal),
    "hour ending at 24:00": (HOURS, hour_ending),
    "fractions omitted": (SECONDS, fraction_omitted),
    "milliseconds": (
        SECONDS,
        lambda moment: f"{moment:%Y-%m-%d %H:%M:%S.}{moment.microsecond // 1000:03}",
    ),
    "milliseconds, glued": (
        SECONDS,
        lambda moment: f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03}",
    ),
    "wide digits": (DAYS, wide),
    "midnight without a time": (
        HOURS,
        lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00"),
    ),
    "interval": (
        MINUTES,
        lambda moment: f"{moment:%d.%m.%Y %H:%M} - {moment + timedelta(minutes=15):%d.%m.%Y %H:%M}",
    ),
    "interval of ISO": (
        MINUTES,
        lambda moment: f"{moment:%Y-%m-%dT%H:%MZ}/{moment + timedelta(minutes=15):%Y-%m-%dT%H:%MZ}",
    ),
    "interval of times": (
        MINUTES,
        lambda moment: f"{moment:%d.%m.%Y %H:%M}-{moment + timedelta(minutes=15):%H:%M}",
    ),
    "a.m. and p.m.": (
        HOURS,
        lambda moment: f"{moment:%m/%d/%Y %I:%M} {moment:%p}".replace("AM", "a.m.").replace(
            "PM", "p.m."
        ),
    ),
    "Korean halves of a day": (
        HOURS,
        lambda moment: (
            f"{moment:%Y. %m. %d.} {'오전' if moment.hour < 12 else '오후'} {moment:%I:%M}"
        ),
    ),
    "Portuguese weekday": (
        DAYS,
        lambda moment: f"{PORTUGUESE_WEEKDAYS[moment.weekday()]}, {moment:%d/%m/%Y}",
    ),
    "German weekday": (
        DAYS,
        lambda moment: (
            f"{['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So'][moment.weekday()]}, {moment:%d.%m.%Y}"
        ),
    ),
    "Japanese weekday": (
        DAYS,
        lambda moment: f"{moment:%Y年%m月%d日}({'月火水木金土日'[moment.weekday()]})",
    ),
    "SAS": (HOURS, lambda moment: f"{moment:%d%b%Y:%H:%M:%S}".upper()),
}


def all_ways() -> dict[str, tuple[list[datetime], list[str]]]:
    """Each way by its name: the moments and the cells."""
    ways: dict[str, tuple[list[datetime], list[str]]] = {}

    def add(name: str, moments: list[datetime], writer: Writer) -> None:
        ways[name] = (moments, [writer(moment) for moment in moments])

    for patterns, moments in ((DAY_WRITERS, DAYS), (HOUR_WRITERS, HOURS), (MONTH_WRITERS, MONTHS)):
        for pattern in patterns:
            add(pattern, moments, strftime(pattern))
    for pattern in (
        "%d.%m.%Y",
        "%m/%d/%Y",
        "%Y/%m/%d",
        "%d.%m.%Y %H:%M",
        "%Y年%m月%d日",
        "%m/%d/%y",
    ):
        moments = HOURS if "%H" in pattern else DAYS
        add(f"{pattern} without zeros", moments, without_zeros(pattern))
    for language, names in NAMES.items():
        add(f"{language} days", DAYS, named_months(names, "{0.day}. {month} {0.year}"))
        add(f"{language} months", MONTHS, named_months(names, "{month} {0.year}"))
    add("Spanish with de", DAYS, named_months(NAMES["Spanish"], "{0.day} de {month} de {0.year}"))
    add(
        "French with dashes", DAYS, named_months(NAMES["French, short"], "{0.day}-{month}-{0.year}")
    )
    add("Italian of Excel", MONTHS, named_months(NAMES["Italian, short"], "{month}-{0:%y}"))
    for name, (moments, writer) in MIXED.items():
        add(name, moments, writer)
    return ways
