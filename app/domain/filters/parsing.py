"""Reads a filter: conditions and texts, joined by and, or and brackets. It says what is wrong.

    alternatives = sequence { "or" sequence }
    sequence     = part { [ "and" ] part }
    part         = "(" alternatives ")" | name sign value | text

A name may be of several words: it is the longest one that ends before the sign, and words before
it are texts.
"""

from collections.abc import Sequence

from app.domain.filters.names import FilterName, Vocabulary
from app.domain.filters.tokens import Token, TokenKind, split_tokens
from app.domain.filters.tree import AllOf, AnyOf, Condition, FilterError, FilterNode, TextSearch
from app.domain.filters.values import describe_values, read_value, shorten_piece
from app.domain.texts import join_words

MAX_FILTER_LENGTH = 2_000  # characters
MAX_DEPTH = 20  # brackets in brackets
MAX_CONDITIONS = 60  # the database looks at each of them in each trial
MAX_TEXTS = 10  # these take longer
MAX_COMPARED_WORDS = 4  # of a wrong name
AND = "and"
OR = "or"
NOT = "not"
EXAMPLE_NAMES = "such as objective, validation RMSE or a hyperparameter's name"


def parse_filter(text: str, vocabulary: Vocabulary) -> FilterNode:
    """The tree of a filter; of an empty one, AllOf nothing. Raises FilterError."""
    if len(text) > MAX_FILTER_LENGTH:
        message = f"A filter has at most {MAX_FILTER_LENGTH:,} characters."
        raise FilterError(message, MAX_FILTER_LENGTH, len(text))
    tokens = split_tokens(text)
    if tokens[0].kind == TokenKind.END:
        return AllOf(())
    parser = _Parser(tokens, vocabulary)
    tree = parser.read_alternatives()
    if parser.token.kind == TokenKind.CLOSE:
        raise _refuse(parser.token, "No bracket is open that this one could close")
    return tree


class _Parser:
    """Reads the tokens of one filter from the first to the last."""

    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary) -> None:
        self.tokens = tokens
        self.vocabulary = vocabulary
        self.index = 0
        self.depth = 0
        self.n_conditions = 0
        self.n_texts = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.index]

    def read_alternatives(self) -> FilterNode:
        """Sequences joined by or."""
        sequences = [self.read_sequence()]
        while _is_joining(self.token, OR):
            self.index += 1
            sequences.append(self.read_sequence())
        if len(sequences) == 1:
            return sequences[0]
        return AnyOf(tuple(sequences))

    def read_sequence(self) -> FilterNode:
        """Parts that must all hold, with or without and between them."""
        parts = self.read_parts()
        while not self.is_at_end_of_sequence():
            if _is_joining(self.token, AND):
                self.index += 1
            parts += self.read_parts()
        if len(parts) == 1:
            return parts[0]
        return AllOf(tuple(parts))

    def is_at_end_of_sequence(self) -> bool:
        """Whether nothing follows that belongs to the same sequence."""
        is_end = self.token.kind in (TokenKind.END, TokenKind.CLOSE)
        return is_end or _is_joining(self.token, OR)

    def read_parts(self) -> list[FilterNode]:
        """What is in brackets, or texts and the condition that may follow them."""
        token = self.token
        if token.kind == TokenKind.OPEN:
            return [self.read_brackets()]
        if token.kind == TokenKind.QUOTED:
            self.index += 1
            return self.read_words([token])
        if token.kind == TokenKind.SIGN:
            message = f"A name must stand before {token.text}, {EXAMPLE_NAMES}"
            raise _refuse(token, message)
        if _is_joining(token, NOT):
            raise _refuse(token, 'Instead of "not", write the opposite sign, such as !=')
        words = self.take_words()
        if not words:
            raise _refuse(token, "A condition, such as objective < 1.5, or a text is missing")
        return self.read_words(words)

    def read_brackets(self) -> FilterNode:
        """What is between two brackets."""
        opening = self.token
        if self.depth == MAX_DEPTH:
            raise _refuse(opening, f"At most {MAX_DEPTH} brackets can be open at once")
        self.index += 1
        self.depth += 1
        tree = self.read_alternatives()
        self.depth -= 1
        if self.token.kind != TokenKind.CLOSE:
            raise _refuse(opening, "This bracket is not closed: add a )", (")",))
        self.index += 1
        return tree

    def take_words(self) -> list[Token]:
        """The words up to a sign, a bracket, a quoted text, and, or, not."""
        words = []
        while self.token.kind == TokenKind.WORD and not _is_joining(self.token, AND, OR, NOT):
            words.append(self.token)
            self.index += 1
        return words

    def read_words(self, words: list[Token]) -> list[FilterNode]:
        """Texts; where a sign follows, the last words are a name and belong to a condition."""
        if self.token.kind != TokenKind.SIGN:
            self.refuse_lonely_names(words)
            return self.make_texts(words)
        n_words, name = self.find_name(words)
        texts = words[:-n_words]
        self.refuse_lonely_names(texts)
        condition = self.read_condition(name)
        return [*self.make_texts(texts), condition]

    def find_name(self, words: list[Token]) -> tuple[int, FilterName]:
        """The name that ends before a sign, with as many of the last words as possible."""
        max_words = min(len(words), self.vocabulary.max_words)
        for count in range(max_words, 0, -1):
            name = self.vocabulary.find(_join_texts(words[-count:]))
            if name is not None:
                return count, name
        raise self.refuse_name(words)

    def refuse_name(self, words: list[Token]) -> FilterError:
        """No name ends before a sign: the last words that look most like one are meant."""
        candidates = []
        for count in range(1, min(len(words), MAX_COMPARED_WORDS) + 1):
            near = self.vocabulary.find_near(_join_texts(words[-count:]))
            candidates.append((near.similarity, -count, near.names))
        _, negative_count, names = max(candidates)
        named = words[negative_count:]
        start = named[0].start
        text = shorten_piece(_join_texts(named))
        hint = (
            f"did you mean {join_words(names, 'or')}?" if names else f"write one {EXAMPLE_NAMES}."
        )
        message = f'No column is called "{text}" (character {start + 1}): {hint}'
        return FilterError(message, start, named[-1].end, names)

    def read_condition(self, name: FilterName) -> Condition:
        """A sign and a value, after a name."""
        sign = self.token
        if sign.text not in name.signs:
            message = f"{name.name} takes {join_words(name.signs, 'or')}, not {sign.text}"
            raise _refuse(sign, message, name.signs)
        self.index += 1
        token = self.token
        if token.kind not in (TokenKind.WORD, TokenKind.QUOTED):
            message = f"After {sign.text}, {name.name} takes {describe_values(name)}"
            raise _refuse(token, message, name.choices)
        value = read_value(name, token)
        self.index += 1
        if isinstance(value, float) and self.token.text == "%":  # as in 12.5 %
            value /= 100
            self.index += 1
        self.count_condition(token)
        return Condition(name.name, sign.text, value)

    def make_texts(self, words: list[Token]) -> list[FilterNode]:
        """Each word as a text to search for."""
        texts: list[FilterNode] = []
        for word in words:
            self.n_texts += 1
            if self.n_texts > MAX_TEXTS:
                raise _refuse(word, f"A filter has at most {MAX_TEXTS} words to search for")
            texts.append(TextSearch(word.text))
        return texts

    def count_condition(self, token: Token) -> None:
        """Raises FilterError where there are too many."""
        self.n_conditions += 1
        if self.n_conditions > MAX_CONDITIONS:
            raise _refuse(token, f"A filter has at most {MAX_CONDITIONS} conditions")

    def refuse_lonely_names(self, words: list[Token]) -> None:
        """Raises FilterError where a name is not compared: it is no text to search for."""
        for index in range(len(words)):
            for count in range(min(len(words) - index, self.vocabulary.max_words), 0, -1):
                named = words[index : index + count]
                name = self.vocabulary.find(_join_texts(named))
                if name is None or named[0].kind == TokenKind.QUOTED:
                    continue
                text = _join_texts(named)
                message = (
                    f'After "{text}" (character {named[0].start + 1}), a sign and a value must '
                    f"follow: {' '.join(name.signs)}. To search for the text, write it in quotes."
                )
                raise FilterError(message, named[0].start, named[-1].end, name.signs)


def _is_joining(token: Token, *words: str) -> bool:
    return token.kind == TokenKind.WORD and token.text.casefold() in words


def _join_texts(words: Sequence[Token]) -> str:
    return " ".join(word.text for word in words)


def _refuse(token: Token, message: str, offered: tuple[str, ...] = ()) -> FilterError:
    text = f"{message} (character {token.start + 1})."
    return FilterError(text, token.start, token.end, offered)
