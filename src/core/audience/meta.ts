/** Conversions API and Custom Audiences, as Meta's page "Customer Information Parameters" has it. */

/** Trimmed and in lower case. */
export function metaEmail(value: string): string {
  const email = value.trim().toLowerCase();
  return /^[^@]+@[^@]+$/.test(email) ? email : '';
}

/** Digits only, from the country code on, without zeros before it. */
export function metaPhone(value: string): string {
  return value.replace(/\D/g, '').replace(/^0+/, '');
}

/** In lower case, without punctuation; letters of all scripts stay. */
export function metaName(value: string): string {
  return value.toLowerCase().replace(PUNCTUATION, '').trim();
}

/** In lower case, without punctuation and spaces. */
export function metaCity(value: string): string {
  return metaName(value).replace(/\s/g, '');
}

/** The two letters of an American state, whose name is known too; of others the name, like a city's. */
export function metaState(value: string): string {
  const state = metaCity(value);
  return STATES.get(state) ?? state;
}

/** In lower case without spaces and dashes; of an American one with nine digits the first five. */
export function metaZip(value: string): string {
  const zip = value.toLowerCase().replace(/\s/g, '');
  return /^\d{5}-?\d{4}$/.test(zip) ? zip.slice(0, 5) : zip.replaceAll('-', '');
}

/** The two letters of ISO 3166-1, in lower case; empty for anything else. */
export function metaCountry(value: string): string {
  const country = value.trim().toLowerCase();
  return /^[a-z]{2}$/.test(country) ? country : '';
}

/** YYYYMMDD. Understood are year first, and month first as in America; empty for what is no day. */
export function metaBirthday(value: string): string {
  const given = value.trim();
  const [, year, month, day] = /^(\d{4})[-/. ]?(\d\d?)[-/. ]?(\d\d?)(?:$|T)/.exec(given) ?? swapped(given);
  if (year === undefined || month === undefined || day === undefined) return '';
  const isDay = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  return isDay ? `${year}${month.padStart(2, '0')}${day.padStart(2, '0')}` : '';
}

/** `f` or `m`, of female and male; empty for anything else, which Meta does not take. */
export function metaGender(value: string): string {
  return /^(f|m)$|^(f)emale$|^(m)ale$/i.exec(value.trim())?.[0].charAt(0).toLowerCase() ?? '';
}

/** Trimmed: the same id has to be given on every way. */
export function metaExternalId(value: string): string {
  return value.trim();
}

/** An advertiser id of a phone, in lower case with its dashes; it is not hashed. */
export function metaMadid(value: string): string {
  return value.trim().toLowerCase();
}

const PUNCTUATION = /[\p{P}\p{S}]/gu;

function swapped(given: string): readonly (string | undefined)[] {
  const [, month, day, year] = /^(\d\d?)[-/. ](\d\d?)[-/. ](\d{4})$/.exec(given) ?? [];
  return [given, year, month, day];
}

const STATES: ReadonlyMap<string, string> = new Map(
  (
    'alabama al alaska ak arizona az arkansas ar california ca colorado co connecticut ct delaware de florida fl georgia ga ' +
    'hawaii hi idaho id illinois il indiana in iowa ia kansas ks kentucky ky louisiana la maine me maryland md massachusetts ma ' +
    'michigan mi minnesota mn mississippi ms missouri mo montana mt nebraska ne nevada nv newhampshire nh newjersey nj ' +
    'newmexico nm newyork ny northcarolina nc northdakota nd ohio oh oklahoma ok oregon or pennsylvania pa rhodeisland ri ' +
    'southcarolina sc southdakota sd tennessee tn texas tx utah ut vermont vt virginia va washington wa westvirginia wv ' +
    'wisconsin wi wyoming wy districtofcolumbia dc'
  )
    .split(' ')
    .flatMap((word, index, words) => (index % 2 === 0 ? [[word, words[index + 1] ?? ''] as const] : [])),
);
