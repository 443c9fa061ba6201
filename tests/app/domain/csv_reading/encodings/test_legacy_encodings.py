"""Files of the time before Unicode are read in the encoding that makes words of them."""

import pytest

from app.domain.csv_reading.encodings.encoding import decode_text, detect_encoding
from app.domain.csv_reading.encodings.legacy_encodings import rank_encodings

ROWS = "".join(f"2020-01-{day:02d};{day};{day}.5\n" for day in range(1, 31))
HEADERS = {
    "cp932": [
        "データ日付;終値;始値",
        "商品名;数量;単価",
        "計測日時;ﾎﾟﾝﾌﾟ圧力;流量",
        "測定時刻;照度;騒音",
    ],
    "gb18030": [
        "日期;收盘价;最高价",
        "监测点;浓度;风向",
        "发电功率;辐照度;湿度",
        "地区;人口;增长率",
    ],
    "cp950": ["日期;收盤價;成交股數", "測站;懸浮微粒;風速", "縣市;銷售量;戶數"],
    "cp949": ["날짜;종가;거래량", "시도;인구수;면적", "역명;승차;하차"],
    "cp1251": ["Дата;Цена;Объём", "Станция;Осадки;Ветер", "Тикер;Покупка;Продажа"],
    "koi8-r": ["Дата;Цена;Объём", "Станция;Осадки;Ветер", "Тикер;Покупка;Продажа"],
    "cp1250": ["Data;Najwyższy;Zamknięcie", "Dátum;Nyitó;Mennyiség", "Období;Výše;Změna"],
    "iso8859-2": ["Miesiąc;Wartość;Liczba", "Prędkość wiatru;Ciśnienie;T"],
    "cp1252": [
        "Datum;Größe;Höhe",
        "Fecha;Último;Máximo",
        "Année;Chômage;Prix",
        "Zeit;Fläche (m²);°C",
    ],
    "cp1253": ["Ημερομηνία;Κλείσιμο;Όγκος", "Έτος;Πληθυσμός;Α"],
    "cp850": ["Datum;Größe;Höhe", "Année;Débit;Température"],
    "mac-roman": ["Datum;Größe;Höhe", "Année;Débit;Température"],
    "cp866": ["Дата;Цена;Объём", "Станция;Осадки;Ветер"],
    "euc-jp": ["日付;終値;データ"],
    "cp1254": ["Tarih;Şimdi;Açılış", "İstasyon;Sıcaklık;Yağış"],
}
CASES = [(encoding, header) for encoding, headers in HEADERS.items() for header in headers]


@pytest.mark.parametrize(("encoding", "header"), CASES)
def test_a_header_is_read_in_the_encoding_it_was_written_in(encoding, header):
    text = f"{header}\n{ROWS}"

    detected = detect_encoding(text.encode(encoding))

    assert decode_text(text.encode(encoding), detected) == text


def test_words_far_below_the_header_decide_too():
    text = f"a;b;c\n{ROWS * 900}quelle: statistisches Amt, Zürich;;\n"

    assert detect_encoding(text.encode("cp1252")) == "cp1252"


def test_only_a_sample_of_long_lines_is_looked_at():
    content = "日付".encode("cp932") * 200_000

    samples = rank_encodings(content)

    assert samples[0].encoding == "cp932"
    assert all(len(sample.text) <= 100_000 for sample in samples)
