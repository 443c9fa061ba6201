"""Words that headers of CSVs are made of, by the languages that an encoding is for."""

WESTERN = (
    "größe", "eröffnung", "stück", "währung", "prévision", "clôture", "année", "température",
    "énergie", "précipitation", "fréquence", "quantité", "débit", "numéro", "última", "último",
    "máximo", "mínimo", "año", "día", "variación", "variação", "preço", "média", "estação",
    "precipitação", "humidité", "unità", "quantità", "qualità", "umidità", "höchst", "höhe",
    "läge", "högst", "lägst", "år", "måned", "månad", "målt", "værdi", "nedbør", "päivä",
    "lämpötila", "määrä", "für", "übersicht", "maß", "straße", "°c", "°f", "m²", "m³", "µg", "µm",
    "µs", "niederschlagshöhe", "gültig", "zähler", "wärme", "château", "électricité",
    "prélèvement", "café", "tägl", "jährl", "£",
)  # fmt: skip
CENTRAL_EUROPEAN = (
    "najwyższy", "najniższy", "zamknięcie", "wartość", "ilość", "miesiąc", "dzień", "średnia",
    "prędkość", "ciśnienie", "wilgotność", "złoty", "zużycie", "množství", "měna", "země",
    "otevírací", "závěr", "průměr", "měsíc", "množstvo", "najvyšš", "záró", "nyitó", "dátum",
    "érték", "hőmérséklet", "idő", "átlag", "csapadék", "količina", "najviš", "preț", "închidere",
    "obrót", "kurs średni", "stupeň", "počet", "úhrn", "srážk", "mérés", "fogyasztás", "ár",
    "nejvyšší", "nejnižší", "změna",
)  # fmt: skip
CYRILLIC = (
    "дата", "время", "цена", "откр", "закр", "макс", "мин", "объем", "объём", "курс", "значение",
    "год", "месяц", "день", "час", "температура", "давление", "влажность", "количество", "сумма",
    "итого", "единиц", "изм", "послед", "стоимость", "продаж", "номинал", "валют", "показател",
    "скорость", "осадк", "ціна", "стойност", "мощность", "расход",
)  # fmt: skip
GREEK = (
    "ημερομηνία", "ώρα", "τιμή", "κλείσιμο", "άνοιγμα", "υψηλό", "χαμηλό", "όγκος", "έτος",
    "μήνας", "αξία", "θερμοκρασία", "μέση",
)  # fmt: skip
TURKISH = (
    "açılış", "kapanış", "yüksek", "düşük", "şimdi", "sıcaklık", "değer", "yıl", "gün", "işlem",
)  # fmt: skip
JAPANESE = (
    "日付", "年月日", "年月", "終値", "始値", "高値", "安値", "出来高", "時刻", "日時", "気温",
    "平均", "最高", "最低", "降水量", "値", "データ", "前日比", "基準", "売買", "株価", "使用量",
    "電力", "需要", "実績", "予測", "価格", "風速", "湿度", "合計", "月日", "時間", "万kw", "東京",
)  # fmt: skip
SIMPLIFIED_CHINESE = (
    "日期", "时间", "收盘", "开盘", "最高", "最低", "成交", "价格", "涨跌", "名称", "代码", "股票",
    "气温", "温度", "湿度", "年份", "月份", "数量", "金额", "平均", "合计", "风速", "压力", "功率",
    "电量", "负荷", "销量", "销售", "换手", "总市值", "前收",
)  # fmt: skip
TRADITIONAL_CHINESE = (
    "日期", "時間", "收盤", "開盤", "最高", "最低", "成交", "價格", "漲跌", "名稱", "代號", "股票",
    "氣溫", "溫度", "濕度", "年月", "數量", "金額", "平均", "合計", "本益比", "證券", "筆數",
    "淨值", "雨量", "風速",
)  # fmt: skip
KOREAN = (
    "날짜", "일자", "시간", "종가", "시가", "고가", "저가", "거래량", "변동", "일시", "기온",
    "평균", "최고", "최저", "강수량", "지점", "습도", "풍속", "합계", "금액", "가격", "전일",
    "거래대금", "수량", "년월", "등락", "현재가", "사용량", "발전량", "시가총액",
)  # fmt: skip
WORDS_OF_ENCODING = {
    "cp1252": WESTERN,
    "cp1250": CENTRAL_EUROPEAN,
    "iso8859-2": CENTRAL_EUROPEAN,
    "cp1251": CYRILLIC,
    "koi8-r": CYRILLIC,
    "cp866": CYRILLIC,
    "cp1253": GREEK,
    "cp1254": TURKISH,
    "cp932": JAPANESE,
    "cp949": KOREAN,
    "gb18030": SIMPLIFIED_CHINESE,
    "cp950": TRADITIONAL_CHINESE,
    "euc-jp": JAPANESE,
    "cp850": WESTERN,
    "cp852": CENTRAL_EUROPEAN,
    "mac-roman": WESTERN,
}
