import classes from './monogram.module.css';

/** A tool's letters in a colour of its own, always the same. */
export function Monogram({ title, size = 32 }: { readonly title: string; readonly size?: number }) {
  const hue = [...title].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return (
    <span
      className={classes.monogram}
      style={{ '--hue': hue, width: size, height: size, fontSize: size * 0.4 } as object}
      aria-hidden
    >
      {lettersOf(title)}
    </span>
  );
}

function lettersOf(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? ['?'];
  const [first = '?', second] = words;
  return second === undefined ? first.slice(0, 2) : `${first[0]}${second[0]}`;
}
