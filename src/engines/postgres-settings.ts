/**
 * How the embedded PostgreSQL is tuned: for one machine, one client process, batches that fold thousands of events
 * into few large statements, and near silence when nothing happens. Passed as flags, so that an upgrade of Tributary
 * changes them without touching the data folder.
 */
export const POSTGRES_SETTINGS: Readonly<Record<string, string>> = {
  // Reached through a socket in a folder that only its account may enter, never over the network.
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '40', // one process with a few connections a role; each slot costs memory

  // Durability: an acknowledged event is on disk.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',

  // Memory: the hot set of a laptop; the system's page cache does the rest.
  shared_buffers: '64MB',
  huge_pages: 'off', // 64 entries at most to save; the attempt only makes starting depend on the machine
  work_mem: '16MB',
  maintenance_work_mem: '64MB',
  effective_cache_size: '1GB', // tells the planner of the page cache; takes nothing
  random_page_cost: '1.1', // solid-state disks

  // Write-ahead log: few checkpoints, because each makes every page be written whole once more.
  wal_level: 'minimal', // nothing replicates from here, so bulk loads need not be logged twice
  max_wal_senders: '0', // required by minimal
  wal_compression: 'off', // only pglz is compiled in, and CPU is scarcer here than disk
  wal_buffers: '16MB', // one whole segment: batches commit several megabytes
  max_wal_size: '4GB',
  min_wal_size: '512MB', // reuse segments instead of creating and zeroing them
  checkpoint_timeout: '15min',

  // Processes: none that only wait, none that compete with the pipeline for the cores.
  io_method: 'sync', // workers would be three idle processes; the page cache hits anyway
  max_worker_processes: '0',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  max_logical_replication_workers: '0',
  jit: 'off', // compiling costs more than our short statements run

  // Quiet when idle: no wake-ups five times a second to find nothing to write.
  bgwriter_lru_maxpages: '0', // backends write their own; the checkpointer does the bulk
  bgwriter_delay: '10s',
  wal_writer_delay: '1s', // only for asynchronous commits, which we do not use
  autovacuum: 'on',
  autovacuum_naptime: '30s', // hot rows change many times a minute: collect them soon, wake rarely

  // Logs: ours to word. Statements and details may hold personal data, so they stay out.
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  lc_messages: 'C', // the log is parsed

  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** The flags of initdb. The builtin C.UTF-8 sorts by bytes, on every machine alike, and still knows letters' cases. */
export const INITDB_FLAGS: readonly string[] = [
  '--username=tributary',
  '--encoding=UTF8',
  '--no-locale',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--text-search-config=simple',
  '--auth-local=trust', // whoever enters the 0700 folder of the socket is the owner
  '--auth-host=reject',
];
