import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** One service's database and the role that owns it and may connect to nothing else. */
export interface DatabaseSpec {
  readonly name: string;
  readonly role: string;
  readonly password: string;
}

/** Makes the databases and roles that are missing, and sets the passwords. Safe to repeat. */
export async function ensureDatabases(adminUrl: string, specs: readonly DatabaseSpec[]): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    for (const { name, role, password } of specs) {
      const roleName = escapeIdentifier(role);
      const database = escapeIdentifier(name);
      const roles = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      const verb = roles.rowCount ? 'ALTER' : 'CREATE';
      await admin.query(`${verb} ROLE ${roleName} LOGIN PASSWORD ${escapeLiteral(password)}`);
      const databases = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (!databases.rowCount) await admin.query(`CREATE DATABASE ${database} OWNER ${roleName}`);
      await admin.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    }
    for (const database of ['postgres', 'template1'])
      await admin.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
  } finally {
    await admin.end();
  }
}

/** The address of a database on the server of `adminUrl`, for its role. */
export function databaseUrl(adminUrl: string, { name, role, password }: DatabaseSpec): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = password;
  url.pathname = `/${name}`;
  return url.toString();
}
