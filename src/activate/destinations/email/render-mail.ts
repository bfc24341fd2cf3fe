/** From templates and variables to the parts of a message. */
import { compile } from 'html-to-text';
import * as mrml from 'mrml';
import { SendFailure } from '../destination.js';
import { createRenderer, type Rendering } from './liquid.js';

const MJML_CHARS_MAX = 2_000_000;
const MJML_DEPTH_MAX = 100;
const WITHOUT_CONTENT = new Set(['area', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'wbr']);

/** Templates in Liquid: `mjml` or `html`, or `text` alone. */
export interface MailTemplate {
  readonly subject: string;
  readonly mjml: string | undefined;
  readonly html: string | undefined;
  /** Left out, the text part is made of the HTML. */
  readonly text: string | undefined;
}

/** What a person gets to see. */
export interface RenderedMail {
  readonly subject: string;
  readonly html?: string;
  readonly text: string;
}

const plain = createRenderer(false);
const escaped = createRenderer(true);
const asText = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/** @throws SendFailure `template_missing`, `template_invalid`, `template_failed` or `variable_missing` */
export function renderMail(template: MailTemplate, rendering: Rendering): RenderedMail {
  const subject = plain.render(template.subject, rendering, 'subject');
  const html = renderHtml(template, rendering);
  if (template.text !== undefined) {
    const text = plain.render(template.text, rendering, 'text part');
    return html === undefined ? { subject, text } : { subject, html, text };
  }
  if (html === undefined) {
    const message = 'There is nothing to send: give "mjml", "html" or "text".';
    throw new SendFailure({ code: 'template_missing', message, retry: false });
  }
  return { subject, html, text: asText(html) };
}

/** Liquid comes first, so that it can repeat and leave out whole elements of MJML; what it puts in is escaped. */
function renderHtml({ mjml, html }: MailTemplate, rendering: Rendering): string | undefined {
  if (mjml === undefined) return html === undefined ? undefined : escaped.render(html, rendering, 'HTML');
  const source = escaped.render(mjml, rendering, 'MJML');
  if (source.length > MJML_CHARS_MAX) throw invalid(`it has more than ${MJML_CHARS_MAX} characters`);
  // Beyond some hundred elements within each other mrml's stack, which has a fixed size, overwrites its memory.
  if (depthOf(source) > MJML_DEPTH_MAX) throw invalid(`elements stand more than ${MJML_DEPTH_MAX} deep`);
  const engine = new mrml.Engine();
  try {
    const result = engine.toHtml(source);
    if (result.type === 'success') return result.content;
    throw invalid(result.message);
  } finally {
    engine.free();
  }
}

function invalid(why: string): SendFailure {
  return new SendFailure({
    code: 'template_invalid',
    message: `The MJML cannot be read: ${why}.`,
    retry: false,
  });
}

/** How many elements stand within each other at most; rather too many than too few. */
function depthOf(markup: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [, closing, name = '', empty] of markup.matchAll(/<(\/)?([a-z][\w-]*)[^<>]*?(\/)?>/gi)) {
    if (closing !== undefined) depth = Math.max(0, depth - 1);
    else if (empty === undefined && !WITHOUT_CONTENT.has(name.toLowerCase())) depth += 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
