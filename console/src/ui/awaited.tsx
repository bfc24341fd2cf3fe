import { Failed } from './failed';
import { Loading } from './loading';
import { Page } from './page';

/** A page whose thing is on its way, or did not come: what kind of thing it is, and the way up, stand there already. */
export function Awaited({
  title,
  up,
  error,
  retry,
}: {
  readonly title: string;
  readonly up: { readonly label: string; readonly to: string };
  readonly error: unknown;
  readonly retry: () => void;
}) {
  return (
    // The line below the title is kept free, so that nothing moves when it comes.
    <Page title={title} text={' '} up={up}>
      {error ? <Failed error={error} retry={retry} /> : <Loading lines={9} height={28} />}
    </Page>
  );
}
