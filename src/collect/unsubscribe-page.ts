import type { SuppressionChannel } from '../core/consent/suppression.js';
import type { Unsubscribe } from '../core/consent/unsubscribe-token.js';

/** What such a page answers: what a link is about to end, that it is ended, or that the link is none. */
export type PageState = 'asks' | 'done' | 'unknown';

const WORDS: Readonly<Record<SuppressionChannel, string>> = {
  all: 'messages',
  email: 'e-mails',
  sms: 'text messages',
  push: 'push messages',
  ads: 'personal advertising',
};

/** A page of its own, without scripts, pictures or fonts from anywhere. */
export function unsubscribePage(state: PageState, unsubscribe?: Unsubscribe): string {
  const what = WORDS[unsubscribe?.channel ?? 'all'];
  const whom = escapeHtml(unsubscribe?.value ?? '');
  switch (state) {
    case 'asks':
      return page(
        'Unsubscribe',
        `<p>Do you want to end ${what} to <strong>${whom}</strong>?</p>
        <form method="post"><button type="submit">Unsubscribe</button></form>`,
      );
    case 'done':
      return page(
        'You are unsubscribed',
        `<p role="status">There will be no more ${what} to <strong>${whom}</strong>. You may close this page.</p>`,
      );
    case 'unknown':
      return page(
        'This link does not work',
        '<p>It may have been cut off on its way: open it from the message once more, or answer the message.</p>',
      );
    default:
      return state satisfies never;
  }
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem; }
strong { overflow-wrap: anywhere; }
button { font: inherit; padding: 0.6rem 1.2rem; border: 2px solid; border-radius: 0.4rem; cursor: pointer; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char);
}
