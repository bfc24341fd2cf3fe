import { ActionIcon, Group, Menu, Paper, Text, Title } from '@mantine/core';
import { useDisclosure, useIntersection } from '@mantine/hooks';
import {
  IconArrowDown,
  IconArrowsDiff,
  IconArrowUp,
  IconDots,
  IconPencil,
  IconPinnedOff,
} from '@tabler/icons-react';
import { useEffect, useId, useMemo } from 'react';
import { useUser } from '../../api/use-session';
import { Frameless } from '../../ui/frame';
import { AnchorLink } from '../../ui/links';
import { TurnContext } from '../insights/turn';
import { CardAnswer } from './card-answer';
import classes from './dashboard.module.css';
import { NameForm } from './name-form';
import { aboutQuestion, type Card, placeOf, questionOf } from './question';
import type { CardDeeds } from './use-deeds';
import type { CardTurn } from './use-turns';

/** How far below the window a card is asked for already. */
const AHEAD = '300px';

/** A question with its answer. */
export function DashboardCard({
  card,
  turn: { isOpen, isOver, end, show },
  deeds,
}: {
  readonly card: Card;
  readonly turn: CardTurn;
  readonly deeds: CardDeeds;
}) {
  const question = useMemo(() => questionOf(card), [card]);
  const turn = useMemo(() => ({ isOpen, end }), [isOpen, end]);
  const { ref, entry } = useIntersection({ rootMargin: AHEAD });
  const isInView = entry?.isIntersecting === true;
  useEffect(() => {
    if (isInView) show();
  }, [isInView, show]);
  const heading = useId();
  const { role, personalData } = useUser();
  const isSeen = question.kind !== 'sql' || personalData;
  return (
    <Paper
      ref={ref}
      component="section"
      withBorder
      p="md"
      className={classes.card}
      data-width={card.width}
      aria-labelledby={heading}
    >
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="sm">
        <div>
          <Title order={2} id={heading} fz="md" className={classes.title}>
            {card.title}
          </Title>
          <Text size="xs" className="quiet">
            {aboutQuestion(question)}
            {isSeen ? (
              <>
                {' · '}
                <AnchorLink {...placeOf(question)} size="xs" aria-label={`Open the question: ${card.title}`}>
                  open
                </AnchorLink>
              </>
            ) : null}
          </Text>
        </div>
        {role !== 'viewer' ? <CardMenu card={card} deeds={deeds} /> : null}
      </Group>
      <div className={isOver ? undefined : classes.waits}>
        <TurnContext value={turn}>
          <Frameless>
            <CardAnswer question={question} />
          </Frameless>
        </TurnContext>
      </div>
    </Paper>
  );
}

function CardMenu({ card: { id, title, width }, deeds }: { readonly card: Card; readonly deeds: CardDeeds }) {
  const [isNaming, { open, close }] = useDisclosure();
  const { place, count } = deeds.placeOf(id);
  return (
    <>
      {/* The first item has the focus at once: what would stand before it is no item. */}
      <Menu position="bottom-end" width={190} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Change ${title}`} data-menu-of={id}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            data-autofocus
            leftSection={<IconArrowsDiff size={16} />}
            onClick={() => deeds.set(id, { width: width === 'full' ? 'half' : 'full' })}
          >
            {width === 'full' ? 'Half width' : 'Full width'}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowUp size={16} />}
            disabled={place === 0}
            onClick={() => deeds.move(id, -1)}
          >
            Move up
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowDown size={16} />}
            disabled={place === count - 1}
            onClick={() => deeds.move(id, 1)}
          >
            Move down
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={open}>
            Rename
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconPinnedOff size={16} />} onClick={() => deeds.remove(id)}>
            Take off
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isNaming ? (
        <NameForm
          title="Rename"
          label="Title"
          name={title}
          save="Rename"
          isPending={deeds.isPending}
          onSave={(name) => {
            deeds.set(id, { title: name });
            close();
          }}
          onClose={close}
        />
      ) : null}
    </>
  );
}
