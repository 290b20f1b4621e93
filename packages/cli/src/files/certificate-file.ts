import { InputError } from '@busward/core';
import type { Certificate } from '@busward/explorer';
import { toldAs } from '@busward/topology';
import { MOST_IN_FLIGHT } from '../flags/in-flight.ts';
import { readText } from './read-text.ts';

/** Reads a certificate, from standard input if the path is `-`. Throws an InputError that says what is missing. */
export function readCertificate(path: string): Certificate {
  const file = toldAs(path);
  const text = readText(path, 'give what busward diff --certificate wrote');
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${file}: is no JSON (${(error as Error).message}); give what busward diff --certificate wrote`,
    );
  }
  const wrong = whatIsWrong(read as Partial<Certificate>);
  if (wrong !== undefined)
    throw new InputError(`${file}: is no certificate: ${wrong}; give what busward diff --certificate wrote`);
  return read as Certificate;
}

function whatIsWrong(read: Partial<Certificate> | null): string | undefined {
  if (typeof read !== 'object' || read === null) return 'it is no object';
  if (read.format !== 'busward certificate 1')
    return `its format is '${String(read.format)}', not 'busward certificate 1'`;
  if (!isPair(read.sides, (one) => typeof one === 'string')) return 'sides are no two names';
  if (typeof read.under?.['kernel'] !== 'string' || typeof read.under['bus'] !== 'string')
    return 'under does not say kernel and bus';
  if (!Number.isInteger(read.inFlight) || read.inFlight! < 1 || read.inFlight! > MOST_IN_FLIGHT)
    return `inFlight is no number from 1 to ${MOST_IN_FLIGHT}`;
  if (!Array.isArray(read.relations)) return 'relations are no list';
  const bad = (read.relations as readonly Partial<Certificate['relations'][number]>[]).findIndex(
    (relation) =>
      !isPair(relation.machine, isMachine) ||
      !isPair(relation.hash, (one) => typeof one === 'string') ||
      !isPair(relation.blocks, (one) => Array.isArray(one) && one.every(Number.isInteger)),
  );
  return bad < 0 ? undefined : `relation ${bad + 1} does not have two machines, hashes and lists of blocks`;
}

const isPair = (value: unknown, is: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(is);

const isMachine = (value: unknown): boolean =>
  ['devices', 'groups', 'users'].every((part) => Array.isArray((value as Record<string, unknown> | null)?.[part]));
