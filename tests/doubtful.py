"""CSVs that can be read in two ways, and what each way makes of them."""

SWAPPED_FORMATS = {"%d/%m/%Y": "%m/%d/%Y", "%m/%d/%Y": "%d/%m/%Y"}


def doubtful_dates_csv() -> bytes:
    """Sixty rows whose days are months just as well: 01/01/2020, 02/01/2020, … 12/05/2020."""
    rows = [f"{row % 12 + 1:02d}/{row // 12 + 1:02d}/2020,{row * row % 97}" for row in range(60)]
    return ("Date,Close\n" + "\n".join(rows) + "\n").encode()


def doubtful_numbers_csv() -> bytes:
    """Forty rows of numbers such as 1,234: thousands, or numbers with three decimals."""
    rows = [f"2020-{row // 28 + 1:02d}-{row % 28 + 1:02d};1,{100 + row * 7}" for row in range(40)]
    return ("Date;Close\n" + "\n".join(rows) + "\n").encode()
