import type { AskName, Asks } from '../activate/messages.js';
import type { DeliveryQueries } from '../stores/events/delivery-queries.js';

/** What the routes of destinations, connections and deliveries lean on. */
export interface ActivationParts {
  readonly deliveries: DeliveryQueries;
  /** Asks connectors' code, in its own thread. */
  readonly ask: <Name extends AskName>(name: Name, ask: Asks[Name]['ask']) => Promise<Asks[Name]['answer']>;
  /** Destinations, connections or what waits for them changed. */
  readonly changed: () => void;
}
