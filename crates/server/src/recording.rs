//! Recording a wish: what every unsafe route does in the end, and the receipt it gives.

use axum::response::Response;
use bongsu_desk::Name;
use bongsu_response::Wish;
use bongsu_store::{Receipt, RequestId};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Key, named};
use crate::output;
use crate::problem::Problem;
use crate::wire::{Digest, Id};

/// What was recorded. With `entry` and `leaf` whoever asked can have it proven that the record says so.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub(crate) struct Done {
    /// The id of what was made or changed, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Id>")]
    pub(crate) id: Option<String>,
    /// Position of the last entry that made it so.
    pub(crate) entry: u64,
    /// Its leaf hash.
    #[schemars(with = "Digest")]
    pub(crate) leaf: String,
    /// How many entries were written; 0 where it was so already.
    pub(crate) entries: u32,
}

impl Done {
    pub(crate) fn of(id: Option<String>, receipt: &Receipt) -> Self {
        let leaf = receipt.leaf.to_string();
        Self { id, entry: receipt.entry, leaf, entries: receipt.entries }
    }

    pub(crate) fn ok(&self) -> Response {
        output::ok(self)
    }

    pub(crate) fn made(&self) -> Response {
        output::say(StatusCode::CREATED, self)
    }
}

/// Something that is asked to be recorded: by whom, under which name.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) caller: Caller,
    pub(crate) id: RequestId,
}

impl Asking {
    /// `place` is the route's id and what stands in its path: the same key elsewhere is another request.
    pub(crate) fn new(app: &App, caller: Caller, key: &Key, place: &str) -> Self {
        let id = key.id(caller.person.0, place, || app.desk().draw());
        Self { caller, id }
    }

    /// The id of what this request makes: the same when the request comes again.
    pub(crate) fn makes(&self) -> [u8; 16] {
        named(&[b"bongsu/made/v1", &self.id.0])
    }

    /// The name of the request, where the wish is worked out from this body each time.
    pub(crate) fn of_body(&self, body: &impl Serialize) -> Name {
        let body = serde_json::to_vec(body).expect("what was read can be written");
        Name { id: self.id, body: Some(bongsu_desk::evidence(&body).0) }
    }

    /// Records a wish.
    pub(crate) async fn record(self, app: &App, wish: Wish) -> Result<Receipt, Problem> {
        app.ask(move |app| self.record_here(app, wish)).await
    }

    /// Records a wish that was worked out from a body.
    pub(crate) async fn record_named(
        self,
        app: &App,
        name: Name,
        wish: Wish,
    ) -> Result<Receipt, Problem> {
        let who = self.caller.who();
        app.ask(move |app| Ok(app.desk().record_as(name, who, wish, app.now())?)).await
    }

    /// The same, where waiting is no harm.
    pub(crate) fn record_here(&self, app: &App, wish: Wish) -> Result<Receipt, Problem> {
        Ok(app.desk().record_as(self.id, self.caller.who(), wish, app.now())?)
    }
}
