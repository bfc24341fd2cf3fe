import { isObject, type JsonObject, type JsonValue } from '../json.js';
import type { Enrichment } from './enrichment.js';
import { shortText } from './short-text.js';

/** The five campaign fields of an event. */
export type Campaign = Pick<
  Enrichment,
  'campaignSource' | 'campaignMedium' | 'campaignName' | 'campaignTerm' | 'campaignContent'
>;

/** What an event without any campaign gets. */
export const NO_CAMPAIGN: Campaign = Object.freeze({
  campaignSource: '',
  campaignMedium: '',
  campaignName: '',
  campaignTerm: '',
  campaignContent: '',
});

/** A longer value is cut, in characters. */
const CAMPAIGN_CHARS_MAX = 512;
/** Well-formed percent sequences of one UTF-8 character, for text in which others are malformed. */
const ENCODED_CHARACTER =
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi;

/**
 * The campaign of an event: `context.campaign` when it names anything, else the `utm_*` parameters of
 * `context.page.search`, else those of `context.page.url`. The sources are not mixed. Never throws.
 */
export function campaignOf(context: JsonObject): Campaign {
  const given = context.campaign;
  if (isObject(given)) {
    const campaign = campaignOfObject(given);
    if (campaign !== NO_CAMPAIGN) return campaign;
  }
  const page = context.page;
  if (!isObject(page)) return NO_CAMPAIGN;
  const { search, url } = page;
  if (typeof search === 'string') {
    const campaign = campaignOfQuery(search.startsWith('?') ? search.slice(1) : search);
    if (campaign !== NO_CAMPAIGN) return campaign;
  }
  return typeof url === 'string' && url.includes('utm_') ? campaignOfQuery(queryOf(url)) : NO_CAMPAIGN;
}

function campaignOfObject(given: JsonObject): Campaign {
  return campaign(
    textOf(given.source),
    textOf(given.medium),
    textOf(given.name),
    textOf(given.term),
    textOf(given.content),
  );
}

/** @param query without its `?`. The first of repeated parameters counts. */
function campaignOfQuery(query: string): Campaign {
  if (!query.includes('utm_')) return NO_CAMPAIGN;
  let [source, medium, name, term, content] = ['', '', '', '', ''];
  for (const pair of query.split('&')) {
    if (!pair.startsWith('utm_')) continue;
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    const value = pair.slice(equals + 1);
    switch (pair.slice(4, equals)) {
      case 'source':
        source ||= decoded(value);
        break;
      case 'medium':
        medium ||= decoded(value);
        break;
      case 'campaign':
        name ||= decoded(value);
        break;
      case 'term':
        term ||= decoded(value);
        break;
      case 'content':
        content ||= decoded(value);
        break;
    }
  }
  return campaign(source, medium, name, term, content);
}

function campaign(source: string, medium: string, name: string, term: string, content: string): Campaign {
  if (source === '' && medium === '' && name === '' && term === '' && content === '') return NO_CAMPAIGN;
  return {
    campaignSource: source,
    campaignMedium: medium,
    campaignName: name,
    campaignTerm: term,
    campaignContent: content,
  };
}

function queryOf(url: string): string {
  const hash = url.indexOf('#');
  const end = hash < 0 ? url.length : hash;
  const start = url.indexOf('?');
  return start < 0 || start > end ? '' : url.slice(start + 1, end);
}

/** Form decoding: `+` is a space; malformed percent sequences stay as they are. */
function decoded(value: string): string {
  // Nine encoded characters make at most one: cut before decoding, which a megabyte of parameter would make dear.
  const text = value.slice(0, CAMPAIGN_CHARS_MAX * 9).replaceAll('+', ' ');
  return textOf(text.includes('%') ? percentDecoded(text) : text);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(ENCODED_CHARACTER, (sequence) => {
      try {
        return decodeURIComponent(sequence);
      } catch {
        return sequence;
      }
    });
  }
}

function textOf(value: JsonValue | undefined): string {
  return shortText(typeof value === 'number' ? String(value) : value, CAMPAIGN_CHARS_MAX);
}
