import { describeLog } from './log.contract.js';
import { MemoryLog } from './memory-log.js';

describeLog('MemoryLog', async ({ segmentBytesMax }) => {
  const log = new MemoryLog({ segmentBytesMax, now: Date.now });
  return { log, close: () => log.close() };
});
