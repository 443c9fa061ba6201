"""Which lines name units, and not columns."""

import re
from collections.abc import Sequence

BRACKETED = re.compile(r"^\s*[\[(<{].*[\])>}]\s*$")
FORMAT = re.compile(r"^(\d{1,3}[snd]|[YyJjAaMmDdTtHhSs]{1,4}([-/.: ][YyJjAaMmDdTtHhSsfi]{1,6})+)$")
UNIT_WORDS = """
    s sec secs second seconds ms us µs min mins minute minutes h hr hrs hour hours d day days dy mo
    mn yr year years ts rn unix utc gmt local deg °c °f °k c f k degc deg_c degf celsius kelvin
    fahrenheit grad m mm cm km ft in nmi mi miles m/s km/h mph kn kt knots ft/s mm/h m2 m² m3 m³ l
    ml l/s l/min m3/s m³/s m3/h m³/h cfs ft3/s cumecs gal hpa pa kpa mpa mbar bar atm psi torr mmhg
    inhg g mg kg t ug µg ug/m3 µg/m3 µg/m³ ug/m³ mg/m3 mg/m³ mg/l g/m3 g/kg ppm ppb ppt ph psu % %rh
    rh pct percent prozent pourcent v mv kv a ma ka w kw mw gw kwh mwh gwh wh twh w/m2 w/m² w/m^2
    kw/m2 j kj mj mj/m2 mj/m² kj/m2 kj/m² var kvar va kva hz khz mhz ghz db dba lx lux lm ohm ω s/m
    us/cm µs/cm ms/cm ntu rpm n nm rad degt degtrue ° deg. deg_true sr index count counts number no
    no. - -- --- n/a na none unit units einheit eur usd gbp chf jpy pln czk sek nok dkk cny krw inr
    € $ £ ¥ eur/mwh €/mwh usd/bbl $/bbl avg smp max std tot mean sum inst integer int float float32
    float64 double string str text date datetime datetime64[ns] time timestamp timestamp_start bool
    boolean numeric char varchar long int64 int32 degrees meters/second meters metres mw/h mio mrd
    tsd bcm tj pj
"""
UNITS = frozenset(UNIT_WORDS.split())
MIN_FRACTION = 0.6  # of the filled cells of a line of units


def are_units(cells: Sequence[str]) -> bool:
    """Whether most of the filled cells of a line are units, types or formats of columns."""
    filled = [cell for cell in cells if cell.strip()]
    units = [cell for cell in filled if _is_unit(cell)]
    return bool(filled) and len(units) >= MIN_FRACTION * len(filled)


def _is_unit(cell: str) -> bool:
    word = cell.strip().lower()
    if BRACKETED.match(cell) or FORMAT.match(cell.strip()):
        return True
    if word in UNITS:
        return True
    parts = word.split()
    return len(parts) > 1 and all(part in UNITS for part in parts)
