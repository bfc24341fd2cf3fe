import { count } from '../../ui/figure';
import classes from './overlap.module.css';

/** Another segment, its size, and how many of its people are in this one as well. */
interface Other {
  readonly name: string;
  readonly size: number;
  readonly shared: number;
}

/** A bar for this segment and a frame for each other one, laid over each other where they share people. All are drawn to one scale. */
export function OverlapPicture({
  name,
  size,
  others,
}: {
  readonly name: string;
  readonly size: number;
  readonly others: readonly Other[];
}) {
  const widest = Math.max(1, ...others.map((other) => size + other.size - other.shared));
  const percent = (people: number) => `${(people / widest) * 100}%`;
  return (
    <div className={classes.picture}>
      {others.map((other) => (
        <div key={other.name} style={{ display: 'contents' }}>
          <div className={classes.name}>{other.name}</div>
          <div
            className={classes.track}
            role="img"
            aria-label={`${count(other.shared)} people are in both ${name} and ${other.name}`}
          >
            <div className={classes.own} style={{ width: percent(size) }} />
            <div
              className={classes.other}
              style={{ insetInlineStart: percent(size - other.shared), width: percent(other.size) }}
            />
          </div>
          <div className="number quiet" style={{ fontSize: 12 }}>
            {count(other.shared)} in both
          </div>
        </div>
      ))}
    </div>
  );
}
