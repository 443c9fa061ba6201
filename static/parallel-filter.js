// The filter of the trial table as parallel coordinates read and write it: conditions joined by "and".
"use strict";

const FILTER_SIGNS = "=!<>";
const FLAG_WORDS = { yes: "true", on: "true", 1: "true", no: "false", off: "false", 0: "false" };

/** Words, signs and parentheses of a filter; a quoted text is one word. */
function filterTokens(text) {
  const tokens = [];
  let index = 0;
  while (index < text.length) {
    const start = index;
    const sign = text[index];
    index += 1;
    if (sign.trim() === "") continue;
    if ("()".includes(sign)) {
      tokens.push({ kind: sign, text: sign });
    } else if (FILTER_SIGNS.includes(sign)) {
      if (text[index] === "=") index += 1;
      tokens.push({ kind: "sign", text: text.slice(start, index) });
    } else if (sign === '"') {
      const end = text.indexOf('"', index);
      index = end < 0 ? text.length : end + 1;
      const content = text.slice(start + 1, end < 0 ? index : end);
      tokens.push({ kind: "quoted", text: content });
    } else {
      while (index < text.length && text[index].trim() && !`()"${FILTER_SIGNS}`.includes(text[index])) index += 1;
      tokens.push({ kind: "word", text: text.slice(start, index) });
    }
  }
  return tokens;
}

const isTerm = (token) => token !== undefined && ["word", "quoted"].includes(token.kind);

function quoteTerm(text) {
  const isPlain = text !== "" && [...text].every((sign) => sign.trim() && !`()"${FILTER_SIGNS}`.includes(sign));
  return isPlain && !["and", "or"].includes(text.toLowerCase()) ? text : `"${text}"`;
}

const writeToken = (token) => (token.kind === "quoted" ? `"${token.text}"` : token.text);

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

/** The parts of a filter that must all hold; null where it has an "or" that joins the whole. */
function filterParts(text) {
  const tokens = filterTokens(text);
  const parts = [];
  let index = 0;
  while (index < tokens.length) {
    const [first, sign, last] = tokens.slice(index, index + 3);
    const word = first.kind === "word" ? first.text.toLowerCase() : "";
    if (word === "or") return null;
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
