import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { LIMITS } from '../limits.js';

/** Control characters, lone surrogates, and U+FFFD, which stands where bytes were not UTF-8. */
const BROKEN_TEXT = /[\p{Cc}\p{Cs}\uFFFD]/u;
const PLAIN_TEXT = /^[\x20-\x7e]*$/;
const PHONE_CHARS_MAX = 40;

/** Text as it is compared: trimmed, in Unicode's composed form (NFC); empty when it cannot be an identifier. */
export function normaliseText(value: string): string {
  const text = value.trim();
  if (text.length > LIMITS.identifierCharsMax) return '';
  if (PLAIN_TEXT.test(text)) return text;
  return BROKEN_TEXT.test(text) ? '' : text.normalize('NFC');
}

/**
 * A telephone number as E.164 has it, such as `+493012345678`; empty when it is not a valid one.
 * @param country ISO 3166-1, of numbers without a prefix; empty when it is not known.
 */
export function normalisePhone(value: string, country: string): string {
  if (value.length > PHONE_CHARS_MAX) return '';
  const number = parsePhoneNumberFromString(
    value.trim(),
    country === '' ? {} : { defaultCountry: country as 'DE' },
  );
  return number?.isValid() ? number.number : '';
}
