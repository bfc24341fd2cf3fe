import { DeliveryList } from '../../deliveries/delivery-list';
import { type Profile, refOf } from '../person-types';

/** What was sent of the person to other tools, and what was not and why. */
export function DeliveriesTab({ profile }: { readonly profile: Profile }) {
  return (
    <DeliveryList
      filter={{ profile: refOf(profile.id) }}
      empty={{
        title: 'Nothing was sent',
        text: 'Deliveries appear when a destination has a connection that matches what this person does, or a segment that they enter.',
      }}
    />
  );
}
