import { TextInput } from '@mantine/core';
import { api } from '../../../api/client';
import { useSegmentNames } from '../use-segment-names';
import classes from './builder.module.css';
import { type LeafNode, type Node, put } from './definition';
import { EventsEditor } from './events-editor';
import type { LeafProps } from './logic-editor';
import { SequenceEditor } from './sequence-editor';
import { TestEditor } from './test-editor';
import { useKnownNames } from './use-known-names';
import { FigureInput, NameInput, WordSelect } from './words';

/** A node that has none below it: a question about a person. */
export function NodeLeaf({ part, path, onChange }: LeafProps<Node>) {
  const node = part as LeafNode;
  switch (node.kind) {
    case 'events':
      return <EventsEditor node={node} path={path} onChange={onChange} />;
    case 'sequence':
      return <SequenceEditor node={node} path={path} onChange={onChange} />;
    default:
      return (
        <div className={classes.row}>
          <ShortLeaf node={node} onChange={onChange} />
        </div>
      );
  }
}

type ShortNode = Exclude<LeafNode, { readonly kind: 'events' | 'sequence' }>;

function ShortLeaf({
  node,
  onChange,
}: {
  readonly node: ShortNode;
  readonly onChange: (node: Node) => void;
}) {
  const known = useKnownNames();
  switch (node.kind) {
    case 'trait':
      return (
        <>
          <span className={classes.word}>trait</span>
          <NameInput
            label="Trait"
            placeholder="plan"
            value={node.trait}
            known={known.traits}
            onChange={(trait) => onChange({ ...node, trait })}
          />
          <TestEditor test={node.is} onChange={(is) => onChange({ ...node, is })} />
        </>
      );
    case 'account':
      return (
        <>
          <WordSelect
            label="Accounts"
            width={150}
            value={node.match}
            words={{ any: 'any account has', all: 'all accounts have', none: 'no account has' }}
            onChange={(match) => onChange({ ...node, match })}
          />
          <NameInput
            label="Trait of the account"
            placeholder="industry"
            value={node.trait}
            known={known.accountTraits}
            onChange={(trait) => onChange({ ...node, trait })}
          />
          <TestEditor test={node.is} onChange={(is) => onChange({ ...node, is })} />
        </>
      );
    case 'account_members':
      return (
        <>
          <WordSelect
            label="Members"
            width={190}
            value={node.match}
            words={{ any: 'any account member', all: 'all account members', none: 'no account member' }}
            onChange={(match) => onChange({ ...node, match })}
          />
          <SegmentInput word="in segment" node={node} onChange={onChange} />
        </>
      );
    case 'segment':
      return <SegmentInput word="is in segment" node={node} onChange={onChange} />;
    case 'list':
      return <ListLeaf node={node} onChange={onChange} />;
    case 'consent':
      return (
        <>
          <WordSelect
            label="Consent"
            width={120}
            value={node.given === false ? 'no' : 'yes'}
            words={{ yes: 'agreed to', no: 'refused' }}
            onChange={(word) => onChange(put(node, 'given', word === 'no' ? false : undefined))}
          />
          <NameInput
            label="Purpose"
            placeholder="advertising"
            value={node.purpose}
            known={known.purposes}
            onChange={(purpose) => onChange({ ...node, purpose })}
          />
        </>
      );
    case 'random':
      return (
        <>
          <span className={classes.word}>a random</span>
          <FigureInput
            label="Percent"
            width={64}
            value={node.percent}
            onChange={(percent) => onChange({ ...node, percent })}
          />
          <span className={classes.word}>% of people, salted with</span>
          <TextInput
            size="xs"
            w={120}
            aria-label="Salt"
            placeholder="nothing"
            value={node.salt ?? ''}
            onChange={({ currentTarget: { value } }) =>
              onChange(put(node, 'salt', value === '' ? undefined : value))
            }
          />
        </>
      );
  }
}

/** Which segment; `word` stands before it. */
function SegmentInput({
  word,
  node,
  onChange,
}: {
  readonly word: string;
  readonly node: Extract<Node, { readonly kind: 'segment' | 'account_members' }>;
  readonly onChange: (node: Node) => void;
}) {
  const names = useSegmentNames();
  return (
    <>
      <span className={classes.word}>{word}</span>
      <NameInput
        label="Segment"
        value={node.segment}
        known={[...names.keys()]}
        onChange={(segment) => onChange({ ...node, segment })}
      />
      <span className={classes.word}>{names.get(node.segment)}</span>
    </>
  );
}

function ListLeaf({
  node,
  onChange,
}: {
  readonly node: Extract<Node, { readonly kind: 'list' }>;
  readonly onChange: (node: Node) => void;
}) {
  const { data } = api.useQuery('get', '/api/v1/lists', { params: { query: { limit: 200 } } });
  const lists = data?.data ?? [];
  return (
    <>
      <span className={classes.word}>is on list</span>
      <NameInput
        label="List"
        value={node.list}
        known={lists.map(({ id }) => id)}
        onChange={(list) => onChange({ ...node, list })}
      />
      <span className={classes.word}>{lists.find(({ id }) => id === node.list)?.name}</span>
    </>
  );
}
