import { hashed } from '../../audience/hashed.js';
import { isNormaliser, NORMALISERS, type Normaliser } from '../../audience/normalisers.js';
import { Fields, refuse } from '../../segments/read.js';
import { nearestName } from '../nearest-name.js';
import { type Made, MappingFault, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

/** Reads `@hash`: the SHA-256 of a value, normalised before as an ad platform wants it; of a list, that of each item. Ours. */
export function readHash({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  if (fields.has('algorithm')) fields.oneOf('algorithm', ['sha256'] as const);
  const encoding = fields.has('encoding') ? fields.oneOf('encoding', ['hex', 'base64'] as const) : 'hex';
  const normalise = fields.has('normalise') ? readNormaliser(fields) : undefined;
  const part = reading.known(fields.raw('value'));
  fields.end();
  return {
    evaluate(given, tools) {
      const hash = (made: Made): string | undefined => {
        if (made === undefined || made === null) return undefined;
        if (typeof made === 'object')
          throw new MappingFault(`${at}.value: must be a text, a number, or a list of those.`);
        return hashed(String(made), { normalise, encoding, sha256: tools.sha256 });
      };
      const made = part.evaluate(given, tools);
      return Array.isArray(made) ? made.map(hash).filter((one) => one !== undefined) : hash(made);
    },
    late: false,
  };
}

function readNormaliser(fields: Fields): Normaliser {
  const name = fields.text('normalise');
  if (isNormaliser(name)) return name;
  const known = Object.keys(NORMALISERS);
  const near = nearestName(name, known);
  return refuse(
    `${fields.at}.normalise`,
    `${near === undefined ? '' : `did you mean ${near}? It `}must be one of ${known.join(', ')}.`,
  );
}
