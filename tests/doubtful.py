"""CSVs that can be read in two ways, and what each way makes of them."""

YEARS = range(2000, 2005)
OTHER_FORMAT = {"%d/%m/%Y": "%m/%d/%Y", "%m/%d/%Y": "%d/%m/%Y"}
FIRST_DATES = {"%d/%m/%Y": "2000-02-01", "%m/%d/%Y": "2000-01-02"}
LAST_DATES = {"%d/%m/%Y": "2004-12-11", "%m/%d/%Y": "2004-11-12"}


def doubtful_dates_csv() -> bytes:
    """Rows 01/02/2000, 02/03/2000, … 11/12/2004: in order, and as even, either way."""
    rows = []
    for year in YEARS:
        for first in range(1, 12):
            rows.append(f"{first:02d}/{first + 1:02d}/{year},{len(rows) ** 2 % 97}")
    return ("Date,Close\n" + "\n".join(rows) + "\n").encode()


def doubtful_numbers_csv() -> bytes:
    """Forty rows of numbers such as 1,234: thousands, or numbers with three decimals."""
    rows = [f"2020-{row // 28 + 1:02d}-{row % 28 + 1:02d};1,{100 + row * 7}" for row in range(40)]
    return ("Date;Close\n" + "\n".join(rows) + "\n").encode()
