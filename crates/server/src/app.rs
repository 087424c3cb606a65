//! What every handler has at hand.

use std::sync::Arc;

use bongsu_desk::Desk;
use jiff::Timestamp;

use crate::problem::Problem;
use crate::signin::{Door, Settings, SettingsError};
use crate::time::Time;

/// The running node, as handlers see it. Cloned, it is the same node.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    desk: Arc<Desk>,
    door: Door,
    time: Time,
}

impl App {
    /// Puts a node together that is reached on this machine only.
    pub fn new(desk: Arc<Desk>, time: Time) -> Self {
        let settings = Settings::loopback();
        Self::with(desk, time, &settings).expect("passkeys can be bound to localhost")
    }

    /// Puts a node together.
    ///
    /// # Errors
    /// [`SettingsError`] where nobody could sign in.
    pub fn with(desk: Arc<Desk>, time: Time, settings: &Settings) -> Result<Self, SettingsError> {
        let door = Door::new(&desk, settings)?;
        Ok(Self(Arc::new(Inner { desk, door, time })))
    }

    /// The desk.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.0.desk
    }

    /// Where people and programs come in.
    pub fn door(&self) -> &Door {
        &self.0.door
    }

    /// The clock.
    pub fn time(&self) -> &Time {
        &self.0.time
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.0.time.now()
    }

    /// Does something that may wait for the disk, beside the threads that serve everybody.
    ///
    /// # Errors
    /// What it says; [`Problem`] 503 where it broke down.
    pub async fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = self.clone();
        let done = tokio::task::spawn_blocking(move || act(&app)).await;
        done.unwrap_or_else(|_| Err(Problem::busy(5)))
    }
}
