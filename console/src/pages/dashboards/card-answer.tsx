import { Text } from '@mantine/core';
import { useContext, useEffect } from 'react';
import { useUser } from '../../api/use-session';
import { FunnelAnswer } from '../insights/funnel-answer';
import { RetentionAnswer } from '../insights/retention-answer';
import { TrendsAnswer } from '../insights/trends-answer';
import { TurnContext } from '../insights/turn';
import { SqlAnswer } from '../query/sql-answer';
import type { Question } from './question';

/** Asks a question as the page does that it was made on, and shows its answer in the same way. */
export function CardAnswer({ question }: { readonly question: Question }) {
  switch (question.kind) {
    case 'trends':
      return <TrendsAnswer ask={question.ask} />;
    case 'funnels':
      return <FunnelAnswer ask={question.ask} />;
    case 'retention':
      return <RetentionAnswer ask={question.ask} />;
    case 'sql':
      return <SqlCard sql={question.sql} />;
  }
}

function SqlCard({ sql }: { readonly sql: string }) {
  const { personalData } = useUser();
  const { end } = useContext(TurnContext);
  useEffect(() => {
    if (!personalData) end();
  }, [personalData, end]);
  if (personalData) return <SqlAnswer sql={sql} />;
  return (
    <Text size="sm" className="quiet">
      SQL can show everything that is known of people, and needs the right to personal data. An owner can give
      it in the settings.
    </Text>
  );
}
