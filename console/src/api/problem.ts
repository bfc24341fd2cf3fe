/** An answer that is no success, as problem details (RFC 9457) tell it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** Stable: rely on this one. */
  readonly code: string;
  readonly title: string;

  constructor(status: number, code: string, title: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
    this.title = title;
  }

  static async of(response: Response): Promise<Problem> {
    const text = await response.text();
    try {
      const { code = '', title = '', detail = '' } = JSON.parse(text) as Partial<Record<string, string>>;
      return new Problem(response.status, code, title, detail);
    } catch {
      return new Problem(
        response.status,
        'unknown',
        'The server gave no readable answer',
        text.slice(0, 300),
      );
    }
  }
}

/** Whether asking again, unchanged, may give another answer: not when the server said no. */
export function mayHelp(error: unknown): boolean {
  return !(error instanceof Problem) || error.status >= 500 || error.status === 429;
}

const ADVICE = 'If it fails again, look whether the stores answer: Settings, System.';
const GONE = 'It may have been deleted, or the address has a slip in it: look for it in its list.';

/** What to tell people of an error, and what they can do where the answer itself does not say. */
export function problemText(error: unknown): { title: string; detail: string; advice?: string } {
  if (error instanceof Problem)
    return {
      ...{ title: error.title || `Error ${error.status}`, detail: error.message },
      ...(error.status >= 500 ? { advice: ADVICE } : error.code === 'not_found' ? { advice: GONE } : {}),
    };
  if (error instanceof TypeError)
    return {
      title: 'The server cannot be reached',
      detail: 'Look whether it runs; this page goes on by itself when it does.',
    };
  return { title: 'Something went wrong', detail: error instanceof Error ? error.message : String(error) };
}
