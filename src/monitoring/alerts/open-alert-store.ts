import { randomUUID } from 'node:crypto'
import { type Database, type DatabasePlace, openDatabase } from '../../storage/index.ts'
import { type MonitoringTables, monitoringSchema } from '../monitoring-tables.ts'
import type { AlertStore } from './alert-store.ts'
import { deliverAlerts } from './deliver-alerts.ts'
import { acknowledgeAlert, readAlerts } from './sql-alerts.ts'
import { countDeliveries, pruneAlerts, readChecks } from './sql-checks.ts'
import { readUndelivered } from './sql-deliveries.ts'
import { holdLease, leaveLease } from './sql-lease.ts'
import { recordCheck } from './sql-record.ts'

/** Opens what is known of checks and alerts, making its tables where there are none. */
export async function openAlertStore(place: DatabasePlace): Promise<AlertStore> {
  const database = await openDatabase<MonitoringTables>(place, monitoringSchema)
  return sqlAlertStore(database, randomUUID)
}

function sqlAlertStore(database: Database<MonitoringTables>, newId: () => string): AlertStore {
  const { read, write, description, close } = database
  return {
    ...{ description, close },
    record: (result, config, now) => write((db) => recordCheck(db, result, { config, now, newId })),
    acknowledge: (alert, by, config, now) =>
      write((db) => acknowledgeAlert(db, { alert, by }, { config, now, newId })),
    alerts: (config, events) => read((db) => readAlerts(db, config, events)),
    checks: (query) => read((db) => readChecks(db, query)),
    deliver: (config, options) => deliverAlerts(database, config, options),
    undelivered: () => read(readUndelivered),
    deliveries: () => read(countDeliveries),
    lead: (holder, now, ms) => write((db) => holdLease(db, holder, now, ms)),
    resign: (holder) => write((db) => leaveLease(db, holder)),
    prune: (before) => write((db) => pruneAlerts(db, before)),
  }
}
