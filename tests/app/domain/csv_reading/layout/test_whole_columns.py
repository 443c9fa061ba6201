"""Some columns are read over all rows."""

from app.domain.csv_reading.layout.rows import sample_lines
from app.domain.csv_reading.layout.table_place import find_table
from app.domain.csv_reading.layout.whole_columns import read_columns


def test_the_columns_are_read_below_the_sample_too():
    rows = [f"2020-01-01 {row},{row},a" for row in range(1000)]
    text = "\n".join(["when,x,y", *rows, "too,many,cells,here", "NA,5,b"])
    layout = find_table(sample_lines(text), ",")

    columns = read_columns(text, layout, ",", ["y", "when"])

    assert [len(column) for column in columns] == [1002, 1002]
    assert columns[0].iloc[-1] == "b"
    assert columns[1].isna().sum() == 1


def test_a_text_that_cannot_be_split_has_no_columns():
    text = 'a,b\n1,2\n"3,4\n'
    layout = find_table(sample_lines(text), ",")

    assert read_columns(text, layout, ",", ["a"]) == []
