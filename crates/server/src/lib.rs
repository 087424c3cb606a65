//! The API: thin routes over the desk. Parse, ask, do, say.
//!
//! ```text
//! listen ──► admission: is there room? ──► door: who comes? ──► Right of the route ──► handler ──► desk ──► store
//!                                              │                                          │
//!                                              └── nobody, or out of scope: Problem ◄─────┴── absent = forbidden: same bytes
//! ```
//!
//! One table, [`routes::all`], is the router, the permission table and the OpenAPI document at once: a route that is not
//! in it is not served, and a row of it cannot be written without saying who may come.

pub mod admission;
pub mod app;
mod caller;
mod chance;
mod input;
pub mod listen;
mod live;
mod openapi;
mod output;
mod problem;
mod recording;
mod resources;
pub mod right;
pub mod routes;
pub mod signin;
pub mod telemetry;
pub mod time;
mod uploads;
mod wire;

pub use app::{App, Known, Matching};
pub use caller::{Caller, Means};
pub use listen::{Listening, Peer, serve};
pub use problem::{Problem, reasons};
pub use routes::{Route, router};
pub use signin::Settings;
pub use telemetry::serve_operator;
pub use time::Time;
