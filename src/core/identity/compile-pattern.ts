import { RE2JS } from 're2js';

/**
 * Compiles a regular expression of the rules (RE2's syntax: neither look-around nor back references) into a test of whole values. Time
 * is linear in the value, whatever the expression, so that nobody who may edit rules can stall the processing by accident.
 * @throws SyntaxError with a sentence that says what is wrong.
 */
export function compilePattern(source: string, ignoreCase = false): (text: string) => boolean {
  try {
    const pattern = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    return (text) => pattern.matches(text);
  } catch (cause) {
    throw new SyntaxError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
