//! Other replicas on the same database: what they record is noticed by the log's size.

use std::sync::Arc;
use std::time::Duration;

use bongsu_desk::Desk;

use super::Live;

/// How often the log is looked at.
const EVERY: Duration = Duration::from_millis(200);

/// How long an entry of our own may take from the log to our note of it, before it is taken for another's.
const NOTED: Duration = Duration::from_millis(50);

impl Live {
    /// Looks at the log's size for as long as it runs. What another replica recorded makes everything in memory be read
    /// again, the register first.
    pub(crate) async fn follow(self: Arc<Self>, desk: Arc<Desk>) {
        loop {
            tokio::time::sleep(EVERY).await;
            let store = Arc::clone(&desk);
            let head = tokio::task::spawn_blocking(move || store.store().head());
            let Ok(Ok((size, _))) = head.await else { continue };
            tokio::time::sleep(NOTED).await;
            if !self.revisions.notes_others(size) {
                continue;
            }
            let register = Arc::clone(&desk);
            let read = tokio::task::spawn_blocking(move || register.read_register());
            if let Ok(Err(error)) = read.await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the register stays as it was");
            }
            self.revisions.touch_all();
            self.hub.reset(size.saturating_sub(1));
        }
    }
}
