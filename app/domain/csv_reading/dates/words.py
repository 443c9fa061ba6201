"""The words of dates: months, weekdays, halves of a day, time zones, quarters, weeks.

The names of months are CLDR's of 24 languages, without accents. A name that two of these languages
use for two months (Croatian lipanj, srpanj, listopad) is left to neither of them: Croatian is not
among them.
"""

import unicodedata


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONTH_NAMES = (  # by month; en de fr es it pt nl pl sv da nb fi cs ru tr el hu ro sk sl uk bg et ca
    "january jan januar januari janvier janv jaanuar jaan jaenner janner januara enero ene "
    "gennaio genn gen gener janeiro styczen stycznia sty tammikuu tammikuuta tammi leden "
    "ledna led ocak oca ianuarie ian январь января янв януари яну січень січня січ ιανουαριος "
    "ιανουαριου ιαν",
    "february feb februar februari februara fevrier fevr fev febrero febbraio febbr febr "
    "febrer fevereiro luty lutego lut helmikuu helmikuuta helmi unor unora uno subat sub "
    "februarie veebruar veebr február февраль февраля февр фев февруари лютий лютого лют "
    "φεβρουαριος φεβρουαριου φεβ",
    "march mar marz maerz mrz maart mrt mars marzo marco marzec marca mart marts maaliskuu "
    "maaliskuuta maalis brezen brezna bre marcius martie marec март марта мар березень "
    "березня бер μαρτιος μαρτιου μαρ",
    "april apr avril avr abril abr aprile aprilie aprila kwiecien kwietnia kwi huhtikuu "
    "huhtikuuta huhti duben dubna dub nisan nis aprilis apreli aprill апрель апреля апр април "
    "квітень квітня квіт απριλιος απριλιου απρ",
    "may mai mayo maggio magg mag maio maig mei maj maja toukokuu toukokuuta touko kveten "
    "kvetna kve mayis majus май мая маи трав травень травня μαιος μαιου μαι",
    "june jun juni juin junio giugno giu junho juny czerwiec czerwca cze kesakuu kesakuuta "
    "kesa cerven cervna cvn haziran haz junius iunie iun juna junij junija juuni июнь июня "
    "июн юни червень червня черв ιουνιος ιουνιου ιουν",
    "july jul juli juillet juil julio luglio lug julho juliol lipiec lipca lip heinakuu "
    "heinakuuta heina cervenec cervence cvc temmuz tem julius iulie iul jula julij julija "
    "juuli июль июля июл юли липень липня лип ιουλιος ιουλιου ιουλ",
    "august aug aout agosto ago agost ag augustus sierpien sierpnia sie elokuu elokuuta elo "
    "srpen srpna srp agustos agu augusti augusztus avgust avgusta avg augusta август августа "
    "авг серпень серпня серп αυγουστος αυγουστου αυγ",
    "september sep sept septembre septiembre setiembre set settembre sett setembro setembre "
    "wrzesien wrzesnia wrz syyskuu syyskuuta syys zari zar eylul eyl szeptember szept "
    "septembrie septembra сентябрь сентября сент сен септември сеп септ вересень вересня вер "
    "σεπτεμβριος σεπτεμβριου σεπ σεπτ",
    "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernik pazdziernika "
    "paz lokakuu lokakuuta loka rijen rijna rij ekim eki octombrie oktobra oktoober октябрь "
    "октября окт октомври жовтень жовтня жовт οκτωβριος οκτωβριου οκτ",
    "november nov novembre noviembre novembro listopad listopada listopadu lis marraskuu "
    "marraskuuta marras kasim kas noiembrie noi novembra ноябрь ноября нояб ноя ноември ное "
    "листопад листопада лист νοεμβριος νοεμβριου νοε",
    "december dec dezember dez decembre diciembre dic dicembre dezembro desembre des desember "
    "grudzien grudnia gru joulukuu joulukuuta joulu prosinec prosince pro aralik ara "
    "decembrie decembra detsember dets декабрь декабря дек декември груд грудень грудня "
    "δεκεμβριος δεκεμβριου δεκ",
)
WEEKDAYS = _words(
    "monday mon montag mo lundi lun lunes lunedi segunda seg maandag ma poniedzialek pon pn "
    "mandag man maanantai maanantaina pondeli po pazartesi pzt понедельник пн δευτερα δευ "
    "luni hetfo tuesday tue tues dienstag di mardi mar martes martedi terca ter dinsdag "
    "wtorek wt tisdag tis tirsdag tir tiistai tiistaina ti utery ut sali sal вторник вт τριτη "
    "τρι marti kedd wednesday wed mittwoch mi mercredi mer miercoles mie mercoledi quarta qua "
    "woensdag wo sroda sr onsdag ons keskiviikko keskiviikkona ke streda st carsamba car "
    "среда ср τεταρτη τετ szerda thursday thu thur thurs donnerstag do jeudi jeu jueves jue "
    "giovedi gio quinta qui donderdag czwartek czw torsdag tor tors torstai torstaina to "
    "ctvrtek ct persembe per четверг чт πεμπτη πεμ joi csutortok friday fri freitag fr "
    "vendredi ven viernes vie venerdi sexta sex vrijdag vr piatek pt fredag fre perjantai "
    "perjantaina pe patek pa cuma cum пятница пт παρασκευη παρ vineri pentek saturday sat "
    "samstag sa samedi sam sabado sab sabato zaterdag za sobota sob lordag lor lauantai "
    "lauantaina la so cumartesi cmt суббота сб σαββατο σαβ sambata szombat sunday sun sonntag "
    "dimanche dim domingo dom domenica zondag zo niedziela ndz nd sondag son sunnuntai "
    "sunnuntaina su nedele ne pazar paz воскресенье вс κυριακη κυρ duminica vasarnap "
    "sonnabend feira"
)
FORENOON = frozenset(("am", "a", "午前", "上午", "오전", "πμ"))
AFTERNOON = frozenset(("pm", "p", "午後", "下午", "오후", "μμ"))
ZONE_MINUTES = {  # zones whose names stand for one offset; CST, IST and BST do not
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "mez": 60,
    "mesz": 120, "met": 60, "mest": 120, "eet": 120, "eest": 180, "msk": 180, "jst": 540,
    "kst": 540, "hkt": 480, "sgt": 480, "aest": 600, "aedt": 660, "acst": 570, "acdt": 630,
    "awst": 480, "nzst": 720, "nzdt": 780, "est": -300, "edt": -240, "cdt": -300, "mst": -420,
    "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "brt": -180,
}  # fmt: skip
QUARTER_WORDS = _words(
    "q qtr qtrs quarter quartal quartale quartier trimestre trim t tr kw4 k kv kvartal "
    "kwartal kwart kvartaali neljannes ctvrtleti ceyrek квартал кв τριμηνο negyedev 季度 季 四半期 "
    "分期 분기"
)
HALF_WORDS = _words(
    "h s hj hy half halbjahr semester semestre sem semestr polrocze pololeti halvar halvaar "
    "半期 반기"
)
WEEK_WORDS = _words(
    "w wk week weeks kw woche semaine sem semana sett settimana v vecka uge u uke tydzien "
    "tyden viikko vko hafta неделя нед εβδομαδα het 週 周 주"
)
MONTH_WORDS = frozenset(("m", "month", "monat", "mois", "mes", "mese", "月", "월"))
YEAR_WORDS = frozenset(("年", "년", "г", "год", "года", "year", "jahr", "fy", "cy"))
DAY_WORDS = frozenset(("日", "일", "号", "號"))
HOUR_WORDS = frozenset(("h", "時", "时", "點", "点", "시", "hs", "hrs"))
MINUTE_WORDS = frozenset(("m", "min", "分", "분"))
SECOND_WORDS = frozenset(("s", "sec", "秒", "초"))
ORDINALS = frozenset(("st", "nd", "rd", "th", "er", "o", "a", "e"))
FILLERS = _words(
    "of the de del den der le la du d at um uhr kl klo om a as alle ore c r roku год года г "
    "saat ora g h hs hrs 第 期 度 e"
)


def fold(word: str) -> str:
    """A word in small letters, without accents and points."""
    small = word.casefold().replace("ł", "l").replace("ø", "o").replace("ı", "i")
    decomposed = unicodedata.normalize("NFKD", small)
    letters = [letter for letter in decomposed if not unicodedata.combining(letter)]
    without_accents = unicodedata.normalize("NFC", "".join(letters))
    return without_accents.replace(".", "").replace(" ", "")


MONTHS = {
    fold(name): month for month, names in enumerate(MONTH_NAMES, start=1) for name in names.split()
}


def month_number(word: str) -> int:
    """The month of this name in any of the languages, 0 where there is none."""
    return MONTHS.get(fold(word), 0)
