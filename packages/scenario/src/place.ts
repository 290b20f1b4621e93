import { InputError } from '@busward/core';
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';

/** Where something is in a file: keys and indices, outermost first. */
export type Path = readonly (string | number)[];

/** A YAML file whose places can be told. */
export interface PlacedFile {
  readonly value: unknown;
  /** An error at a place. `at` 'key': at the key itself, not at its value. */
  wrong(path: Path, message: string, at?: 'key'): InputError;
}

/** Parses YAML, or JSON, which begins at `line` of the file. Throws an InputError with line and column. */
export function parsePlaced(file: string, text: string, startsAt = 1): PlacedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): InputError => {
    const { line, col } = lines.linePos(offset);
    return new InputError(`${file}:${startsAt + line - 1}:${col}: ${message}`);
  };
  const [error] = document.errors;
  const quotes = error?.message.includes('Nested mappings') ? "; put what has ': ' in it into quotes" : '';
  // The library's own advice is for programs.
  if (error?.code === 'MULTIPLE_DOCS')
    throw at(
      error.pos[0],
      "another document begins here (after '---' or '...'); a file has one, so put it into another",
    );
  if (error?.code === 'DUPLICATE_KEY')
    throw at(error.pos[0], `'${keyAt(text, error.pos[0])}' is here a second time; say it once`);
  if (error?.message.includes('call stack')) throw at(error.pos[0], 'more is nested here than anybody means');
  if (error) throw at(error.pos[0], `is no YAML: ${error.message}${quotes}`);
  return {
    value: valueOf(document, at),
    wrong: (path, message, key) => at(offsetOf(document, path, key === 'key'), message),
  };
}

const keyAt = (text: string, offset: number): string => /^[^:\s]*/.exec(text.slice(offset))![0];

/** What the document says. Throws an InputError at the first alias that stands for nothing, or for more than anybody means. */
function valueOf(document: Document, at: (offset: number, message: string) => InputError): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    let offset = 0;
    visit(document, {
      Alias(_, alias) {
        offset = alias.range![0];
        return visit.BREAK;
      },
    });
    throw at(offset, "'*' begins an alias, and what it stands for is not before it, or too much; put text into quotes");
  }
}

/** The nearest place that is there. */
function offsetOf(document: Document, path: Path, key: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const here = path.slice(0, length);
    const parent: unknown = length === 1 ? document.contents : document.getIn(here.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find((one) => isScalar(one.key) && one.key.value === here.at(-1)) : null;
    if (pair && key && length === path.length && isNode(pair.key)) return pair.key.range![0];
    const node: unknown = document.getIn(here, true);
    if (isNode(node) && node.range) return node.range[0];
    if (pair && isNode(pair.key)) return pair.key.range![0];
  }
  return isNode(document.contents) ? document.contents.range![0] : 0;
}
