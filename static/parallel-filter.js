// The filter of the trial table as parallel coordinates read and write it: conditions joined by "and".
"use strict";

const FILTER_SIGNS = "=!<>≤≥≠";
const SAME_SIGNS = { "==": "=", "≤": "<=", "≥": ">=", "≠": "!=" };
const JOINING_WORDS = ["and", "or", "not"];
const FLAG_WORDS = { yes: "true", on: "true", 1: "true", no: "false", off: "false", 0: "false" };

const isBetween = (sign) => sign.trim() === "" || `()"${FILTER_SIGNS}`.includes(sign);

/** Where a quoted text ends that begins at an index: two quotation marks in it stand for one. */
function endOfQuote(text, start) {
  let index = start + 1;
  while (index < text.length && (text[index] !== '"' || text[index + 1] === '"')) {
    index += text[index] === '"' ? 2 : 1;
  }
  return index + 1;
}

/** Words, signs and brackets of a filter, as app.domain.filters.tokens cuts them; a quoted text is one word. */
function filterTokens(text) {
  const tokens = [];
  let index = 0;
  while (index < text.length) {
    const start = index;
    const first = text[start];
    index += 1;
    if (first.trim() === "") continue;
    let kind = "word";
    if ("()".includes(first)) kind = first;
    else if (FILTER_SIGNS.includes(first)) {
      kind = "sign";
      if (text[index] === "=") index += 1;
    } else if (first === '"') {
      kind = "quoted";
      index = endOfQuote(text, start);
    } else {
      while (index < text.length && !isBetween(text[index])) index += 1;
    }
    const piece = text.slice(start, index);
    tokens.push({ kind, text: kind === "quoted" ? piece.slice(1, -1).replaceAll('""', '"') : SAME_SIGNS[piece] || piece });
  }
  return tokens;
}

const isTerm = (token) => token !== undefined && ["word", "quoted"].includes(token.kind);

const inQuotes = (text) => `"${text.replaceAll('"', '""')}"`;

/** A name or a value as it is written in a filter. */
function quoteTerm(text) {
  const isPlain = text !== "" && ![...text].some(isBetween);
  return isPlain && !JOINING_WORDS.includes(text.toLowerCase()) ? text : inQuotes(text);
}

const writeToken = (token) => (token.kind === "quoted" ? inQuotes(token.text) : token.text);

/** Where a group in parentheses ends, which begins at an index. */
function endOfGroup(tokens, start) {
  let depth = 0;
  for (let index = start; index < tokens.length; index += 1) {
    if (tokens[index].kind === "(") depth += 1;
    if (tokens[index].kind === ")") depth -= 1;
    if (depth === 0) return index + 1;
  }
  return tokens.length;
}

/** The parts of a filter that must all hold; null where "or" or "not" joins the whole. */
function filterParts(text) {
  const tokens = filterTokens(text);
  const parts = [];
  let index = 0;
  while (index < tokens.length) {
    const [first, sign, last] = tokens.slice(index, index + 3);
    const word = first.kind === "word" ? first.text.toLowerCase() : "";
    if (word === "or" || word === "not") return null;
    if (word === "and") {
      index += 1;
    } else if (first.kind === "(") {
      const end = endOfGroup(tokens, index);
      parts.push({ text: tokens.slice(index, end).map(writeToken).join(" ") });
      index = end;
    } else if (isTerm(first) && sign?.kind === "sign" && isTerm(last)) {
      const condition = [first, sign, last].map(writeToken).join(" ");
      parts.push({ text: condition, name: first.text, sign: sign.text, value: last.text });
      index += 3;
    } else {
      parts.push({ text: writeToken(first) });
      index += 1;
    }
  }
  return parts;
}

const isAbout = (part, axis) => part.name === axis.name || part.name === `parameters.${axis.name}`;

/** A filter with the conditions on one axis replaced. */
function withConditions(text, axis, conditions) {
  const parts = filterParts(text);
  const kept = parts ? parts.filter((part) => !isAbout(part, axis)).map((part) => part.text) : [`(${text})`];
  return [...kept, ...conditions].join(" and ");
}

/** Whether a value on a spaced axis satisfies a condition; undefined where that cannot be told. */
function holds(axis, value, condition) {
  const wanted = axis.isFlag ? (FLAG_WORDS[condition.value.toLowerCase()] ?? condition.value) : condition.value;
  if (!axis.isNumber) {
    return { "=": value === wanted, "!=": value !== wanted }[condition.sign];
  }
  const [a, b] = [Number(value), Number(wanted)];
  if (Number.isNaN(b)) return undefined;
  return { "=": a === b, "!=": a !== b, ">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b }[condition.sign];
}
