//! What a server and a role must be, and what every connection of ours is set to.

use postgres::Client;

use crate::fault::Doing;
use crate::open::{OpenError, PowerLoss};

/// Refuses a server that loses what it acknowledged, and a role that row security does not hold; then sets the session.
pub(crate) fn check(client: &mut Client, power_loss: PowerLoss) -> Result<(), OpenError> {
    let doing = "say how it is set up";
    let row = client.query_one(FACTS, &[]).doing(doing)?;
    let text = |name| row.try_get::<&str, String>(name).doing(doing);
    let version: i32 = row.try_get("version").doing(doing)?;
    if version < 150_000 {
        return Err(OpenError::Old { major: i64::from(version / 10_000) });
    }
    if power_loss == PowerLoss::Replicated && text("synchronous_standby_names")?.is_empty() {
        return Err(OpenError::Alone);
    }
    if power_loss != PowerLoss::Risked {
        for (setting, wanted) in DURABLE {
            let value = text(setting)?;
            if value != wanted {
                return Err(OpenError::Unsafe { setting, value, wanted });
            }
        }
    }
    let encoding = text("server_encoding")?;
    if encoding != "UTF8" {
        return Err(OpenError::Encoding { encoding });
    }
    if row.try_get("above").doing(doing)? {
        return Err(OpenError::AboveRowSecurity { role: text("role")? });
    }
    client.batch_execute(SETTINGS).doing("be set up")?;
    if text("synchronous_commit")? != "remote_apply" {
        client.batch_execute("SET synchronous_commit = on").doing("be set up")?;
    }
    Ok(())
}

/// What must hold for an acknowledged commit to survive a loss of power. With `data_sync_retry` the server would try a
/// failed flush again, and the second one may succeed without the pages that the first one lost.
const DURABLE: [(&str, &str); 3] =
    [("fsync", "on"), ("full_page_writes", "on"), ("data_sync_retry", "off")];

/// Whoever logged in as a superuser can become one again, so both roles are looked at.
const FACTS: &str = "
SELECT current_setting('server_version_num')::int AS version,
    current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('data_sync_retry') AS data_sync_retry,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('synchronous_standby_names') AS synchronous_standby_names,
    current_setting('server_encoding') AS server_encoding,
    current_user::text AS role,
    (SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_roles
        WHERE rolname IN (current_user, session_user)) AS above";

/// Every wait has an end, a lock before a statement, so that the fault says which. A frozen replica loses its
/// transaction, and with it the lock, after half a minute. Compiling our short statements costs more than it saves.
const SETTINGS: &str = "
SET lock_timeout = '15s';
SET statement_timeout = '60s';
SET idle_in_transaction_session_timeout = '30s';
SET row_security = on;
SET jit = off;
SET client_min_messages = warning;
";
